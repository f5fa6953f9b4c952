package policy

// lint reports what is well formed and probably not meant.
func (m *model) lint() {
}
