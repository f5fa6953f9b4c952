package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"fairline/adapters/natsbus"
)

// What the surroundings are measured against.
const (
	clockWindow  = 50 * time.Millisecond // over which the two clocks are compared
	clockApart   = 5 * time.Millisecond  // more apart in that time, and one of them was set
	syncs        = 25                    // of which the one in the middle counts
	syncFast     = 2 * time.Millisecond
	syncSlow     = 10 * time.Millisecond // a decision waits as long
	syncTimeMax  = 2 * time.Second       // for all of them
	memoryLittle = byteSize(512 << 20)   // a million waiting tickets need 315 bytes each, and a journal its index
	filesLeast   = 256                   // the store's, and a few clients
	filesEnough  = natsbus.ConnsMax + filesLeast
)

// lookAtClock reads the clocks. Whether the time is right cannot be known without another clock; whether it is absurd,
// coarse, or being set can.
func (p *doctor) lookAtClock(context.Context) finding {
	began := time.Now()
	resolution := time.Duration(0)
	for last := began; ; {
		now := time.Now()
		if step := now.Sub(last); step > 0 && (resolution == 0 || step < resolution) {
			resolution = step
		}
		if last = now; now.Sub(began) >= clockWindow {
			return judgeClock(now, resolution, now.Round(0).Sub(began.Round(0)), now.Sub(began))
		}
	}
}

// judgeClock rates a clock: its step, and how far it went on the wall while elapsed passed.
func judgeClock(now time.Time, resolution, wall, elapsed time.Duration) finding {
	text := fmt.Sprintf("%s, in steps of %v", now.UTC().Format(time.RFC3339), resolution)
	apart := (wall - elapsed).Abs()
	switch {
	case now.Year() < 2026 || now.Year() > 2100:
		return failed("set the clock: places and promises are counted by it", "%s: the year cannot be", text)
	case apart > clockApart:
		return doubtful("let a time service steer the clock instead of setting it; steps over 2 s are not followed",
			"%s: it was set by %v while it was looked at", text, apart.Round(time.Millisecond))
	case resolution > time.Millisecond:
		return doubtful("take another clock source: waits and deadlines are as coarse", "%s, which is coarse", text)
	}
	return fine("%s", text)
}

// nearest is the store, or the directory in which it will be made.
func (p *doctor) nearest() (dir string, there bool, err error) {
	for dir = p.cfg.Store; ; dir = filepath.Dir(dir) {
		info, err := os.Stat(dir)
		switch {
		case err == nil && !info.IsDir():
			return dir, false, fmt.Errorf("%s is no directory", dir)
		case err == nil:
			return dir, dir == p.cfg.Store, nil
		case !errors.Is(err, os.ErrNotExist) || dir == filepath.Dir(dir):
			return dir, false, err
		}
	}
}

func (p *doctor) lookAtStore(context.Context) finding {
	dir, there, err := p.nearest()
	if err != nil {
		return failed("choose another directory with --store", "%v", err)
	}
	if info, err := os.Stat(dir); err == nil && there && info.Mode().Perm()&0o077 != 0 {
		return failed("chmod 700 "+quoted(dir), "%s has mode %04o: others can look into it, and serve refuses it", dir,
			info.Mode().Perm())
	}
	f, err := os.CreateTemp(dir, ".doctor.*")
	if err != nil {
		return failed("give its owner the right to write, or choose another directory with --store", "%v", err)
	}
	if err := errors.Join(f.Close(), os.Remove(f.Name())); err != nil {
		return failed("look at the disk", "%v", err)
	}
	if !there {
		return fine("%s is not there yet: it is made at the first start", p.cfg.Store)
	}
	return fine("%s can be written", dir)
}

func (p *doctor) lookAtSpace(context.Context) finding {
	dir, _, err := p.nearest()
	if err != nil {
		return failed("see store", "%v", err)
	}
	free, err := natsbus.FreeBytes(dir)
	if err != nil {
		return failed("look at the disk", "%v", err)
	}
	return judgeSpace(byteSize(free), p.cfg)
}

func judgeSpace(free byteSize, cfg config) finding {
	text := fmt.Sprintf("%s free; tickets are refused below %s", rough(free), cfg.DiskFree)
	switch {
	case free < cfg.DiskFree:
		return failed("free space on the disk, or lower disk_free", "%s", text)
	case free < cfg.DiskFree+cfg.DiskMax:
		return doubtful("free space, or lower disk_max: the disk may be full before the journal is",
			"%s, and the journal may grow to %s", text, cfg.DiskMax)
	}
	return fine("%s", text)
}

// rough writes a size for people.
func rough(b byteSize) string {
	for _, u := range byteUnits {
		if b >= u.size {
			return fmt.Sprintf("%.1f%s", float64(b)/float64(u.size), u.name)
		}
	}
	return "0B"
}

// lookAtSync measures what the journal pays for each frame: 4 KiB written and synced.
func (p *doctor) lookAtSync(context.Context) finding {
	dir, _, err := p.nearest()
	if err != nil {
		return failed("see store", "%v", err)
	}
	took, err := measureSyncs(dir)
	if err != nil {
		return failed("look at the disk", "%v", err)
	}
	return judgeSync(took[len(took)/2], took[len(took)-1])
}

// measureSyncs gives the durations of some syncs, sorted; at least one.
func measureSyncs(dir string) (took []time.Duration, err error) {
	f, err := os.CreateTemp(dir, ".doctor.*")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close(), os.Remove(f.Name())) }()
	block := make([]byte, 4096)
	for began := time.Now(); len(took) < syncs && time.Since(began) < syncTimeMax; {
		from := time.Now()
		if _, err := f.WriteAt(block, 0); err != nil {
			return nil, err
		}
		if err := f.Sync(); err != nil {
			return nil, err
		}
		took = append(took, time.Since(from))
	}
	slices.Sort(took)
	return took, nil
}

func judgeSync(middle, longest time.Duration) finding {
	text := fmt.Sprintf("a sync takes %v, the longest of some %v", middle.Round(time.Microsecond), longest.Round(time.Microsecond))
	switch {
	case middle > syncSlow:
		return doubtful("put the store on a faster disk: each decision waits as long before anybody hears of it", "%s: slow", text)
	case middle > syncFast:
		return fine("%s: fair", text)
	}
	return fine("%s: fast", text)
}

func (p *doctor) lookAtListen(context.Context) finding {
	held := ""
	if p.running != nil {
		held = p.running.NATS
	}
	return p.lookAtAddress("--listen", p.cfg.Listen, held)
}

func (p *doctor) lookAtHTTP(context.Context) finding {
	held := ""
	if p.running != nil {
		held = p.running.HTTP
	}
	return p.lookAtAddress("--http", p.cfg.HTTP, held)
}

// lookAtAddress says whether an address can be had; held is where the running daemon listens.
func (p *doctor) lookAtAddress(flag, address, held string) finding {
	if address == none {
		return fine("listens nowhere")
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return failed("write an address such as "+flag+" 127.0.0.1:4222", "%v", err)
	}
	if ip, err := netip.ParseAddr(host); host != "localhost" && (err != nil || !ip.IsLoopback()) {
		return failed("choose 127.0.0.1:PORT: TLS and users of their own are not in this version",
			"%s is no loopback address, and serve refuses it", address)
	}
	if held != "" && (port == "0" || strings.HasSuffix(held, ":"+port)) {
		return fine("%s is the running daemon's (process %d)", held, p.running.PID)
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		return failed("choose another with "+flag+" 127.0.0.1:PORT, or end whoever has it", "%v", err)
	}
	if err := l.Close(); err != nil {
		return failed("look at the network of this machine", "%v", err)
	}
	if port == "0" {
		return fine("a free one is taken at each start")
	}
	return fine("%s is free", address)
}

// lookAtMemory reads what the kernel says is available, and the limit that it sets for this group of processes.
func (p *doctor) lookAtMemory(context.Context) finding {
	free, err := availableMemory("/proc/meminfo", "/sys/fs/cgroup")
	if err != nil {
		return doubtful("see yourself that some 512 MiB are free", "what is available is not known here: %v", err)
	}
	return judgeMemory(free)
}

func judgeMemory(free byteSize) finding {
	if free < memoryLittle {
		return doubtful("free some, or keep the line short: a million waiting tickets take 315 MB", "%s available", rough(free))
	}
	return fine("%s available", rough(free))
}

// availableMemory is the lesser of what the machine has and what the control group still may have.
func availableMemory(meminfo, group string) (byteSize, error) {
	f, err := os.Open(meminfo)
	if err != nil {
		return 0, err
	}
	defer func() { _ = f.Close() }() // it was read only
	free := byteSize(-1)
	for s := bufio.NewScanner(f); s.Scan(); {
		if fields := strings.Fields(s.Text()); len(fields) == 3 && fields[0] == "MemAvailable:" {
			kib, err := strconv.ParseInt(fields[1], 10, 64)
			if err != nil {
				return 0, err
			}
			free = byteSize(kib) << 10
		}
	}
	if free < 0 {
		return 0, fmt.Errorf("%s has no MemAvailable", meminfo)
	}
	most, err := readNumber(filepath.Join(group, "memory.max"))
	used, err2 := readNumber(filepath.Join(group, "memory.current"))
	if err == nil && err2 == nil {
		free = min(free, max(0, most-used))
	}
	return free, nil
}

// readNumber reads a file of one number; "max" is an error, as a missing file is.
func readNumber(name string) (byteSize, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	return byteSize(n), err
}

func (p *doctor) lookAtFiles(context.Context) finding {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return doubtful("see ulimit -n yourself", "the limit of open files is not known here: %v", err)
	}
	return judgeFiles(limit.Cur)
}

func judgeFiles(limit uint64) finding {
	do := fmt.Sprintf("raise it: ulimit -n %d", filesEnough)
	switch {
	case limit < filesLeast:
		return failed(do, "%d files may be open: too few for the store", limit)
	case limit < filesEnough:
		return doubtful(do, "%d files may be open: too few for %d clients", limit, natsbus.ConnsMax)
	}
	return fine("%d files may be open", limit)
}
