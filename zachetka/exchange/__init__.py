"""What comes from other systems: read, made into the same tables that people hand in, looked at by the same eyes (п. 2.4).

outbound.py  the only way out: one origin from the settings, addresses looked at before a socket is opened
moodle.py    Moodle's web services, read-only       tables.py  what they tell → a table as a person would hand in
actions.py   a table into the previews of people and of marks
"""
