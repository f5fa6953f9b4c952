package vault

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Limits of an import.
const (
	ImportRowsMax   = 1_000_000 // rows of a file
	importFaultsMax = 100       // that are listed
)

// importHeader is the first line of a file.
var importHeader = []string{"customer", "kind", "identity"}

// A Fault is one mistake in an import file. Its text has no identity and no label.
type Fault struct {
	Line int
	Err  error
}

// Error says the line and what was wanted there.
func (f *Fault) Error() string { return fmt.Sprintf("line %d: %v", f.Line, f.Err) }

// Unwrap gives what was wrong.
func (f *Fault) Unwrap() error { return f.Err }

// ErrTwoCustomers says that an identity stands under two labels.
var ErrTwoCustomers = errors.New("the identity belongs to another customer already; unlink it there first, or correct the file")

// An Imported is what an import did.
type Imported struct {
	Rows      int
	Customers int // labels in the file
	Merged    int // customers that became part of another
}

// A importRow is one row of a file.
type importRow struct {
	line  int
	label Identity
	id    Identity
}

// Import links the identities of a file: CSV with the columns customer, kind, identity, where customer is the label that
// another system has for a person. Rows with one label are one customer; a later file with the same label adds to it. All
// faults of a file, as far as 100, are reported at once (errors.Join of *Fault), and a file with faults changes nothing. Each
// row costs up to five writes.
func (v *Vault) Import(ctx context.Context, r io.Reader, by string) (done Imported, err error) {
	if err := checkSaid(by, HowImport); err != nil {
		return done, err
	}
	rows, faults := readImport(r)
	faults = append(faults, v.findClashes(ctx, rows)...)
	slices.SortStableFunc(faults, func(a, b *Fault) int { return a.Line - b.Line })
	if len(faults) > 0 {
		var errs []error
		for _, f := range faults[:min(len(faults), importFaultsMax)] {
			errs = append(errs, f)
		}
		return done, fmt.Errorf("import: nothing was imported, %d faults: %w", len(faults), errors.Join(errs...))
	}
	labels := map[string]bool{}
	for _, row := range rows {
		l, err := v.Link(ctx, row.label, row.id, by, HowImport)
		if err != nil {
			return done, fmt.Errorf("import: the rows before are in, import the file again to go on: %w", &Fault{row.line, err})
		}
		done.Rows++
		labels[row.label.Name] = true
		if l.Gone != "" {
			done.Merged++
		}
	}
	done.Customers = len(labels)
	return done, nil
}

// readImport reads a file and finds what is wrong with it alone.
func readImport(r io.Reader) (rows []importRow, faults []*Fault) {
	in := csv.NewReader(r)
	in.FieldsPerRecord, in.ReuseRecord = -1, true
	owner := map[Identity]string{}
	for n := 0; ; n++ {
		fields, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		line, _ := in.FieldPos(0)
		if parse, ok := errors.AsType[*csv.ParseError](err); ok {
			return rows, append(faults, &Fault{parse.Line, parse.Err})
		}
		if err != nil {
			return rows, append(faults, &Fault{line, err})
		}
		if n == 0 {
			if !slices.Equal(fields, importHeader) {
				return nil, []*Fault{{line, fmt.Errorf("want the header %s", strings.Join(importHeader, ","))}}
			}
			continue
		}
		if n > ImportRowsMax {
			return rows, append(faults, &Fault{line, fmt.Errorf("more than %d rows: cut the file", ImportRowsMax)})
		}
		row, err := readImportRow(line, fields)
		if err == nil {
			if label, ok := owner[row.id]; ok && label != row.label.Name {
				err = ErrTwoCustomers
			}
		}
		if err != nil {
			faults = append(faults, &Fault{line, err})
			continue
		}
		owner[row.id] = row.label.Name
		rows = append(rows, row)
	}
	return rows, faults
}

func readImportRow(line int, fields []string) (row importRow, err error) {
	if len(fields) != len(importHeader) {
		return row, fmt.Errorf("%d columns, want %s", len(fields), strings.Join(importHeader, ","))
	}
	row = importRow{line: line, label: Identity{Kind: customerKind, Name: strings.Clone(fields[0])},
		id: Identity{Kind: strings.Clone(fields[1]), Name: strings.Clone(fields[2])}}
	if row.id.Kind == customerKind {
		return row, fmt.Errorf("kind: %s is for labels: %w", customerKind, ErrRaw)
	}
	return row, errors.Join(row.label.check(), row.id.check())
}

// findClashes finds identities that the vault has under another label.
func (v *Vault) findClashes(ctx context.Context, rows []importRow) (faults []*Fault) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	labels := map[string]string{} // by the customer's key
	for _, row := range rows {
		p, err := v.lookUp(ctx, row.id)
		if errors.Is(err, ErrUnknown) {
			continue
		}
		if err == nil {
			err = clash(p, row.label.Name, labels)
		}
		if err != nil {
			faults = append(faults, &Fault{row.line, err})
		}
	}
	return faults
}

// clash reports a customer who would get a second label.
func clash(p *person, label string, labels map[string]string) error {
	if other, ok := labels[p.key]; ok && other != label {
		return ErrTwoCustomers
	}
	labels[p.key] = label
	for _, k := range p.rec.Identities {
		if k.Kind == customerKind && k.Name != label {
			return ErrTwoCustomers
		}
	}
	return nil
}
