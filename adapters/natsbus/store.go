package natsbus

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// othersMask is every permission of those who do not own a file.
const othersMask fs.FileMode = 0o077

// privateDir creates a directory that only its owner can read, or checks that it is one.
func privateDir(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("create directory %s: %w", dir, err)
	}
	info, err := os.Stat(dir)
	if err != nil {
		return fmt.Errorf("look at directory %s: %w", dir, err)
	}
	if mode := info.Mode().Perm(); mode&othersMask != 0 {
		return fmt.Errorf("directory %s has mode %04o: %w; make it private with: chmod 700 %s",
			dir, mode, ErrExposed, dir)
	}
	return nil
}

// lockStore takes the store for this process until the file is closed. The lock is the kernel's, so
// a process that dies leaves none behind.
func lockStore(dir string) (*os.File, error) {
	name := filepath.Join(dir, "lock")
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock store: %w", err)
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		return f, nil
	}
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = ErrStoreInUse
	}
	return nil, errors.Join(fmt.Errorf("lock %s: %w", name, err), f.Close())
}

// FreeBytes is the space that this user may still fill on the disk that holds dir. A full disk is no
// error that the server reports: publishers wait in vain, and go on doing so after space was freed,
// until it starts again. So a host watches this and refuses tickets early.
func FreeBytes(dir string) (uint64, error) {
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		return 0, fmt.Errorf("free space of %s: %w", dir, err)
	}
	return uint64(st.Bavail) * uint64(st.Bsize), nil
}

// writeFile replaces a file in one step: a reader, or a restart after a power cut, finds the old
// content or the new, whole.
func writeFile(name string, content []byte) (err error) {
	dir := filepath.Dir(name)
	temp, err := os.CreateTemp(dir, "."+filepath.Base(name)+".*") // mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, temp.Close(), os.Remove(temp.Name()))
		}
	}()
	if _, err = temp.Write(content); err != nil {
		return err
	}
	if err = temp.Sync(); err != nil {
		return err
	}
	if err = os.Rename(temp.Name(), name); err != nil {
		return err
	}
	return errors.Join(temp.Close(), syncDir(dir))
}

// syncDir makes the names in a directory durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
