package mapping

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// DepthMax is how deep objects and lists of a body may nest.
const DepthMax = 32

// Decode reads one JSON value, strictly: UTF-8 (RFC 8259), no key twice in an object, nothing behind it, nested at most
// DepthMax deep. Whole numbers become int64, and those that are larger the text of their digits, since a number may be an id;
// others become float64. A key whose value is null is as one that is not there. The error says what is wrong and never what
// stands there.
func Decode(raw []byte) (any, error) {
	if !utf8.Valid(raw) {
		return nil, errors.New("no UTF-8 text")
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	v, err := decodeValue(d, 0)
	if err != nil {
		return nil, fmt.Errorf("no JSON at byte %d: %w", d.InputOffset(), err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fmt.Errorf("no JSON at byte %d: something stands behind the value", d.InputOffset())
	}
	return v, nil
}

// DecodeStream is Decode for the data of a stream's event. What is no object there, such as the id of a post that was deleted,
// becomes the id of one: {"id": "..."}. An event whose kind says all has no data: its object is empty.
func DecodeStream(raw []byte) (any, error) {
	if text := string(bytes.TrimSpace(raw)); text == "" || text == "undefined" || text == "null" { // as Mastodon writes it
		return map[string]any{}, nil
	}
	v, err := Decode(raw)
	if err != nil {
		return nil, err
	}
	switch v := v.(type) {
	case map[string]any:
		return v, nil
	case string:
		return map[string]any{"id": v}, nil
	case int64:
		return map[string]any{"id": strconv.FormatInt(v, 10)}, nil
	}
	return nil, errors.New("neither an object nor an id")
}

var errForm = errors.New("it cannot be read here")

func decodeValue(d *json.Decoder, depth int) (any, error) {
	token, err := d.Token()
	if err != nil {
		return nil, errForm // its own text may quote the body
	}
	switch t := token.(type) {
	case json.Number:
		return number(string(t))
	case json.Delim:
		if depth >= DepthMax {
			return nil, fmt.Errorf("nested deeper than %d", DepthMax)
		}
		if t == '{' {
			return decodeObject(d, depth)
		}
		return decodeList(d, depth)
	}
	return token, nil
}

func number(text string) (any, error) {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n, nil
	}
	if !strings.ContainsAny(text, ".eE") {
		return text, nil
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return nil, errors.New("a number out of range")
	}
	return f, nil
}

func decodeObject(d *json.Decoder, depth int) (any, error) {
	object := map[string]any{}
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return nil, errForm
		}
		key := token.(string) // the decoder gives nothing else before a value of an object
		if _, twice := object[key]; twice {
			return nil, errors.New("a key stands twice in an object")
		}
		if object[key], err = decodeValue(d, depth+1); err != nil {
			return nil, err
		}
	}
	if _, err := d.Token(); err != nil {
		return nil, errForm
	}
	maps.DeleteFunc(object, func(_ string, v any) bool { return v == nil })
	return object, nil
}

func decodeList(d *json.Decoder, depth int) (any, error) {
	list := []any{}
	for d.More() {
		v, err := decodeValue(d, depth+1)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	if _, err := d.Token(); err != nil {
		return nil, errForm
	}
	return list, nil
}

// FieldsMax is how many fields a form may have.
const FieldsMax = 256

// DecodeForm reads a body of application/x-www-form-urlencoded as an object of texts: of a field that stands several times
// the first.
func DecodeForm(raw []byte) (any, error) {
	if !utf8.Valid(raw) {
		return nil, errors.New("no UTF-8 text")
	}
	if bytes.Count(raw, []byte("&")) >= FieldsMax {
		return nil, fmt.Errorf("a form of more than %d fields", FieldsMax)
	}
	fields, err := url.ParseQuery(string(raw))
	if err != nil {
		return nil, errors.New("no form: it cannot be read")
	}
	object := map[string]any{}
	for name, values := range fields {
		if slices.ContainsFunc([]string{name, values[0]}, func(s string) bool { return !utf8.ValidString(s) }) {
			return nil, errors.New("no form: no UTF-8 text")
		}
		object[name] = values[0]
	}
	return object, nil
}
