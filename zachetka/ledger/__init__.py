"""The ledger: append-only events, an RFC 6962 tree over them, signed checkpoints, proofs (п. 2.1, 3.3)."""
