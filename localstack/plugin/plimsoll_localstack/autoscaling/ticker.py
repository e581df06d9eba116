"""The clock of scheduled actions, and of launches that are tried again."""

import logging
import threading
from datetime import UTC, datetime

from localstack.services.plugins import ServiceLifecycleHook

from .capacity import retry_launches
from .schedule import run_due
from .service import LOCK

LOG = logging.getLogger(__name__)

# AWS runs an action "within seconds" of its time; tests wait for it, so well within one here.
EVERY_SECONDS = 0.5


class Ticker(ServiceLifecycleHook):
    """Runs what is due from the first call to Auto Scaling until LocalStack stops."""

    def __init__(self):
        self._stopped = threading.Event()

    def on_before_start(self) -> None:
        self._stopped.clear()
        threading.Thread(target=self._run, name="scheduled-actions", daemon=True).start()

    def on_before_stop(self) -> None:
        self._stopped.set()

    def _run(self) -> None:
        while not self._stopped.wait(EVERY_SECONDS):
            try:
                with LOCK:
                    run_due(datetime.now(UTC))
                    retry_launches()
            except Exception:
                # One bad tick must not end all that follow.
                LOG.exception("Scheduled actions could not be run")
