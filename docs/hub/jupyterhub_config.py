"""A JupyterHub for this course, on loopback: one instructor, any number of learners.

    pip install '.[hub]'
    python -m jupyterhub -f docs/hub/jupyterhub_config.py

For trying it out: everybody runs as the same user of the system, and passwords are not looked at. docs/operator.md
says what to change before real learners come.
"""

import os
import sys
from pathlib import Path

from checker.course import Course, find, prepare
from checker.hub import make_home

c = get_config()  # noqa: F821  # given by JupyterHub

course = find()
prepare(course)
state = course.state / "hub"
homes = state / "homes"
homes.mkdir(parents=True, exist_ok=True)
INSTRUCTORS = {"instructor"}
LEARNERS = {"ada", "ben"}
PORT = int(os.environ.get("HUB_PORT", "8000"))

# -- where it listens: loopback only; put a web server with TLS in front of it, or name another address here --
c.JupyterHub.bind_url = f"http://127.0.0.1:{PORT}"
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{PORT + 1}"
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{PORT + 2}"
c.ConfigurableHTTPProxy.command = [str(Path(sys.executable).parent / "configurable-http-proxy")]

# -- what it writes: inside the course folder --
c.JupyterHub.db_url = f"sqlite:///{state / 'hub.db'}"
c.JupyterHub.cookie_secret_file = str(state / "cookie_secret")
c.ConfigurableHTTPProxy.pid_file = str(state / "proxy.pid")

# -- who may come in: for trying it out, anybody on these lists with any password --
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allowed_users = INSTRUCTORS | LEARNERS
c.Authenticator.admin_users = INSTRUCTORS

# -- their servers --
c.JupyterHub.spawner_class = "simple"
c.Spawner.cmd = [sys.executable, "-m", "jupyterhub.singleuser"]
c.Spawner.default_url = "/lab/tree/notebooks/00-start.ipynb"
c.Spawner.start_timeout = 120
c.Spawner.http_timeout = 120
# Formgrader is a page within JupyterLab's: allowed by Jupyter itself, forbidden by the Hub unless told.
headers = {"Content-Security-Policy": "frame-ancestors 'self'"}
c.Spawner.args = [f"--ServerApp.tornado_settings={dict(headers=headers)}"]
if os.geteuid() == 0:  # as in most containers; Jupyter refuses root unless told
    c.Spawner.args.append("--allow-root")


def make_ready(spawner):
    """Before a server starts: an instructor gets the course folder, a learner a home of their own."""
    name = spawner.user.name
    place: Course = course if name in INSTRUCTORS else make_home(course, homes / name, name)
    # the home is where the server starts: nbgrader's pages read the configuration that lies there
    spawner.home_dir = spawner.notebook_dir = str(place.root)
    given = {key: value for key, value in place.environment().items() if value != os.environ.get(key)}
    spawner.environment = {**given, "CHECKER_COURSE": str(place.root)}


c.Spawner.pre_spawn_hook = make_ready
