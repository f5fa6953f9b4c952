package vault

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
)

// What keys are used for, so that no value of one use is a value of another.
const (
	identityDomain = "fairline vault identity v1"
	mapDomain      = "fairline vault map v1"
	rowDomain      = "fairline vault row v1 "
)

// ErrSealed says that a row does not open: it is damaged, of another name, or of other keys.
var ErrSealed = errors.New("a sealed row does not open")

// identityRow is the name of an identity's row under a hash key. Kinds have no zero byte, so no two identities are one text.
func identityRow(k Key, id Identity) string {
	mac := hmac.New(sha256.New, k.Secret[:])
	mac.Write([]byte(identityDomain + "\x00" + id.Kind + "\x00" + id.Name))
	return identityPrefix + k.ID + "." + hex.EncodeToString(mac.Sum(nil))
}

// mapKey seals the values of the identities' rows.
func (k Key) mapKey() [secretLen]byte {
	mac := hmac.New(sha256.New, k.Secret[:])
	mac.Write([]byte(mapDomain))
	return [secretLen]byte(mac.Sum(nil))
}

// gcm is AES-256-GCM with a random nonce in front. A key seals far less than the 2^32 messages that this is good for
// (NIST SP 800-38D, 8.3).
func gcm(key [secretLen]byte) cipher.AEAD {
	block, err := aes.NewCipher(key[:])
	if err != nil {
		panic(err) // 32 bytes are a key
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic(err) // AES has blocks of 16 bytes
	}
	return aead
}

// seal gives the value of a row.
func seal(key [secretLen]byte, row string, plain []byte) []byte {
	return gcm(key).Seal(nil, nil, plain, []byte(rowDomain+row))
}

// unseal gives back what was sealed for this row.
func unseal(key [secretLen]byte, row string, value []byte) ([]byte, error) {
	plain, err := gcm(key).Open(nil, nil, value, []byte(rowDomain+row))
	if err != nil {
		return nil, fmt.Errorf("row of kind %.1s: %w", row, ErrSealed)
	}
	return plain, nil
}
