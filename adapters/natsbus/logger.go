package natsbus

import (
	"fmt"
	"log/slog"
)

// A serverLog hands what the server says to slog. The server's notices are about itself and come by
// the dozen, so they are debug here. A fatal error does not end the process: the first is kept for
// Open, which shuts the server down and returns it.
type serverLog struct {
	log   *slog.Logger
	fatal chan error // size 1: the first fatal error, since the rest follow from it
}

func newServerLog(log *slog.Logger) *serverLog {
	return &serverLog{log: log, fatal: make(chan error, 1)}
}

// Noticef, Warnf, Errorf, Fatalf, Debugf and Tracef are the server's Logger.
func (l *serverLog) Noticef(format string, v ...any) {
	l.log.Debug("bus server notice", "text", fmt.Sprintf(format, v...))
}

// Warnf is as the server's Logger says.
func (l *serverLog) Warnf(format string, v ...any) {
	l.log.Warn("bus server warning", "text", fmt.Sprintf(format, v...))
}

// Errorf is as the server's Logger says.
func (l *serverLog) Errorf(format string, v ...any) {
	l.log.Error("bus server error", "text", fmt.Sprintf(format, v...))
}

// Fatalf keeps the first error and lets the server go on; it is stopped by Open.
func (l *serverLog) Fatalf(format string, v ...any) {
	err := fmt.Errorf(format, v...)
	select {
	case l.fatal <- err:
	default:
		l.log.Error("bus server failed", "err", err)
	}
}

// Debugf drops: the server is started without debugging.
func (l *serverLog) Debugf(string, ...any) {}

// Tracef drops: the server is started without tracing.
func (l *serverLog) Tracef(string, ...any) {}

// failed gives the first fatal error and forgets it, or nil.
func (l *serverLog) failed() error {
	select {
	case err := <-l.fatal:
		return err
	default:
		return nil
	}
}
