package lab

import "testing"

// busyMonday: in one line nobody is overtaken but for a greater need, and every policy gives a reason for what it does.
func busyMonday(t *testing.T, l *lab) {
	l.zero("envy", "one-line")
	l.zero("unjustified", "loudest-first", "phone-first", "one-line", "head-start", "weekday")
	if v := l.value("loudest-first", "envy"); v < 0.01 {
		t.Errorf("under loudest-first a ticket is overtaken %.3g times by one of no greater need, want more", v)
	}
	for _, p := range []string{"one-line", "head-start", "weekday"} {
		l.less(p, "wait cohort=emergencies", "loudest-first", "wait cohort=emergencies")
		l.less("loudest-first", "wait cohort=loud public posts", p, "wait cohort=loud public posts")
	}
	l.less("loudest-first", "service-level channel=phone", "phone-first", "service-level channel=phone")
	l.less("phone-first", "abandoned channel=phone", "loudest-first", "abandoned channel=phone")
	l.less("loudest-first", "wait channel=email", "phone-first", "wait channel=email")
	l.less("one-line", "strict-later", "loudest-first", "strict-later")
	l.less("one-line", "strict-worst", "weekday", "strict-worst")
}

// emergencies: a protection that excepts them costs them nothing, not a second in any replication; one that does not costs hours.
func emergencies(t *testing.T, l *lab) {
	const worst = "max-wait cohort=emergencies"
	for _, p := range []string{"danger-first", "danger-excepted", "danger-outside"} {
		if v := l.value(p, worst); v > 600 {
			t.Errorf("%s: an emergency waits %.0f s, want 10 minutes at most", p, v)
		}
	}
	for _, metric := range []string{worst, "wait", "wait class=everyone", "slips"} {
		if a, b := l.value("danger-first", metric), l.value("danger-excepted", metric); a != b {
			t.Errorf("%s is %v, and %v where emergencies are excepted", metric, a, b)
		}
	}
	if v := l.value("danger-held-back", worst); v < 3600 {
		t.Errorf("a right that holds against emergencies costs one of them %.0f s at worst, want hours", v)
	}
	l.less("danger-first", worst, "danger-budget", worst)
	l.less("danger-budget", worst, "danger-held-back", worst)
	if v := l.value("danger-outside", "max-slips class=emergency"); v != 0 {
		t.Errorf("an emergency was overtaken %v times", v)
	}
}

// hiddenNumber: to withhold the number pays where it counts for nothing, and does not where all the nameless are one customer.
func hiddenNumber(t *testing.T, l *lab) {
	gain := func(policy string) float64 {
		return l.value("hidden-number-shown/"+policy, "wait source=dealer") - l.value("hidden-number-withheld/"+policy, "wait source=dealer")
	}
	if g := gain("one-line"); g != 0 {
		t.Errorf("in a line by arrival a number gains or costs %v s", g)
	}
	if g := gain("turns-alone"); g < 60 {
		t.Errorf("where the nameless count alone, withholding the number gains %.0f s, want minutes", g)
	}
	if g := gain("turns-together"); g > 30 {
		t.Errorf("where the nameless count together, withholding the number gains %.0f s", g)
	}
	if a, b := gain("turns-average"), gain("turns-alone"); a >= b {
		t.Errorf("withholding the number gains %.0f s where the nameless count as the others on average, and %.0f s where they count alone", a, b)
	}
	l.less("hidden-number-withheld/turns-together", "wait source=named", "hidden-number-withheld/turns-alone", "wait source=named")
}

// morning: on the open clock the mails of the night are new, and no call waits behind them.
func morning(t *testing.T, l *lab) {
	if v := l.value("morning-open", "max-wait channel=phone"); v > 600 {
		t.Errorf("a call waits %.0f s on the open clock, want 10 minutes at most", v)
	}
	for _, p := range []string{"morning-wall", "morning-arrival"} {
		if v := l.value(p, "max-wait channel=phone"); v < 900 {
			t.Errorf("%s: a call waits %.0f s at worst, want the quarter of an hour that the mails of the night take", p, v)
		}
	}
	if v := l.value("morning-open", "service-level source=mails"); v != 1 {
		t.Errorf("%.4g of the mails of the day are in time on the open clock, want all", v)
	}
	l.zero("slips", "morning-arrival")
	l.zero("strict-later", "morning-arrival")
}

// placeholder: a second place buys nothing, to the nanosecond, but where each channel has its own turn.
func placeholder(t *testing.T, l *lab) {
	for _, share := range []string{"0%", "50%"} {
		l.zero("premium share="+share, "places-in-line", "places-due", "places-head-start", "places-by-customer")
		if v := l.value("places-by-channel", "premium share="+share); v < 20 {
			t.Errorf("with a line for each channel a second place gains %.0f s, want more", v)
		}
	}
}
