"""The door that the web server knocks at."""

import gc
import os

from django.core.wsgi import get_wsgi_application

from zachetka.web.door import Door

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zachetka.settings")
application = get_wsgi_application()
door = Door(application)
gc.freeze()  # what is loaded by now lives as long as the process: looking it over again costs a page a twentieth
gc.set_threshold(20_000, 20, 20)
