package vault_test

import (
	"errors"
	"strings"
	"testing"

	"fairline/adapters/vault"
)

func TestImport(t *testing.T) {
	v := newVault(t)
	before := person(t, v, mail(1), true)
	file := "customer,kind,identity\nK-1,tel," + tel(1).Name + "\nK-1,mail," + mail(1).Name + "\n\"Smith, J.\",mail," + mail(2).Name + "\n"
	done, err := v.Import(t.Context(), strings.NewReader(file), "crm-2026-11")
	if err != nil || done != (vault.Imported{Rows: 3, Customers: 2, Merged: 1}) {
		t.Errorf("Import = %+v, %v", done, err)
	}
	a, b, c := person(t, v, tel(1), false), person(t, v, mail(1), false), person(t, v, mail(2), false)
	if a != b || a != before || c == a {
		t.Errorf("the customers are %s %s %s, want the first two %s", a, b, c, before)
	}
	for _, known := range export(t, v, a).Identities {
		if known.Kind == "tel" && (known.By != "crm-2026-11" || known.How != vault.HowImport || known.Verified) {
			t.Errorf("%+v, want it said by the file and vouched for by nobody", known)
		}
	}
	if done, err := v.Import(t.Context(), strings.NewReader(file), "again"); err != nil || done.Merged != 0 || export(t, v, a).Identities[1].By == "again" {
		t.Errorf("Import again = %+v, %v; want nothing changed", done, err)
	}
	if done, err := v.Import(t.Context(), strings.NewReader("customer,kind,identity\nK-1,mail,"+mail(3).Name+"\n"), "later"); err != nil || done.Rows != 1 {
		t.Errorf("Import of more = %+v, %v", done, err)
	}
	if person(t, v, mail(3), false) != a {
		t.Error("a later file with the same label is another customer")
	}
}

// TestImportFaults are told with their lines, all at once, without what stands there; nothing is imported.
func TestImportFaults(t *testing.T) {
	v := newVault(t)
	link(t, v, vault.Identity{Kind: "customer", Name: "K-9"}, tel(9))
	link(t, v, tel(7), tel(8))
	for _, test := range []struct {
		file  string
		lines []int
		is    error
	}{
		{"", nil, nil},
		{"kind,identity\n", []int{1}, nil},
		{"customer,kind,identity\nK-1,tel,030 secret\nK-1,mail," + mail(1).Name + "\n,mail," + mail(2).Name + "\nK-1,tel\n", []int{2, 4, 5}, vault.ErrRaw},
		{"customer,kind,identity\nK-1,tel," + tel(1).Name + "\nK-2,tel," + tel(1).Name + "\n", []int{3}, vault.ErrTwoCustomers},
		{"customer,kind,identity\nK-1,tel," + tel(9).Name + "\n", []int{2}, vault.ErrTwoCustomers},
		{"customer,kind,identity\nK-1,tel," + tel(7).Name + "\n\nK-2,tel," + tel(8).Name + "\n", []int{4}, vault.ErrTwoCustomers},
		{"customer,kind,identity\nK-1,customer,K-2\n", []int{2}, vault.ErrRaw},
		{"customer,kind,identity\nK-1,tel,\"" + tel(1).Name + "\n", []int{2}, nil},
	} {
		_, err := v.Import(t.Context(), strings.NewReader(test.file), "crm")
		if test.lines == nil {
			if err != nil {
				t.Errorf("Import of nothing = %v", err)
			}
			continue
		}
		got := lines(err)
		if err == nil || len(got) != len(test.lines) || test.is != nil && !errors.Is(err, test.is) || strings.Contains(err.Error(), "secret") {
			t.Errorf("Import of %q = %v, want faults in the lines %v", test.file, err, test.lines)
			continue
		}
		for i, line := range test.lines {
			if got[i] != line {
				t.Errorf("Import of %q = %v, want faults in the lines %v", test.file, err, test.lines)
			}
		}
		if _, err := v.Find(t.Context(), mail(1)); !errors.Is(err, vault.ErrUnknown) {
			t.Errorf("a file with faults was imported: %v", err)
		}
	}
}

// lines gives the lines of the faults of an error.
func lines(err error) (list []int) {
	if f, ok := err.(*vault.Fault); ok {
		return []int{f.Line}
	}
	switch e := err.(type) {
	case interface{ Unwrap() error }:
		return lines(e.Unwrap())
	case interface{ Unwrap() []error }:
		for _, err := range e.Unwrap() {
			list = append(list, lines(err)...)
		}
	}
	return list
}
