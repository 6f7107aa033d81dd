"""How many seconds a host asks between two requests comes in; waits of a run, short ones only, go out."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event

#: a longer wait belongs to the schedule, not to a run
LONGEST = 2.0
#: seconds that one run waits in all
_IN_ALL = 10.0


@dataclass(slots=True, kw_only=True)
class Pace:
    """The pace of one run at one host."""

    #: seconds between two requests
    delay: float
    stop: Event
    waited: float = 0.0
    begun: bool = False

    def may_go(self) -> bool:
        """Wait as long as the host asks; False where that is too long for this run, or we are to stop."""
        if not self.begun:
            self.begun = True
            return not self.stop.is_set()
        if self.delay > LONGEST or self.waited + self.delay > _IN_ALL:
            return False
        self.waited += self.delay
        return not self.stop.wait(self.delay) if self.delay else not self.stop.is_set()

    def next_at(self, now: datetime) -> datetime | None:
        """When the host may be asked again, where that is longer than a run waits."""
        return now + timedelta(seconds=self.delay) if self.delay > LONGEST else None
