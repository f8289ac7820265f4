"""Destruction of personal data: cases, acts by two hands, holds (152-ФЗ ст. 21; приказ Роскомнадзора № 179)."""
