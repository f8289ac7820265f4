"""Long work in the background: queued with its cause, shown with progress, cancelled, resumed (п. 3.9)."""
