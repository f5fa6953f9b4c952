package codes

// trialOf is a test file with one test that has the given lines.
func trialOf(lines string) string {
	return "tests:\n  - name: the first comes first\n    at: 09:06:00\n    waiting:\n      - {id: 103, channel: phone, arrived: 09:01:00}\n" + lines
}

// tests are the codes about test files.
var tests = []Text{
	{Code: "FL0401", Of: Test, Title: "a test file has another form than is wanted here",
		Means: "A key is missing, stands twice, or has no value; or the file is no YAML. A test that is skipped because of its form would\n" +
			"look like one that passes.",
		Before: trialOf("    expect: {}\n"), After: trialOf("    expect: {next: 103}\n")},
	{Code: "FL0402", Of: Test, Title: "nothing in the test is called that",
		Means:  "An expectation about a ticket that does not wait, or under a misspelt key, could never fail.",
		Before: trialOf("    expect: {next: 108}\n"), After: trialOf("    expect: {next: 103}\n")},
	{Code: "FL0403", Of: Test, Title: "a time or a value that cannot be meant",
		Means: "A ticket that arrives after the time of the test waits for nothing. Times of the day belong to the day of the test; those of\n" +
			"another day are written with their date.",
		Before: trialOf("      - {id: 104, channel: phone, arrived: 10:00:00}\n    expect: {next: 103}\n"),
		After:  trialOf("      - {id: 104, channel: phone, arrived: 09:05:00}\n    expect: {next: 103}\n")},
}
