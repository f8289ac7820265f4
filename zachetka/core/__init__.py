"""What every room shares and none owns: errors, clock, calendar, hashing, normal forms of text. No models."""
