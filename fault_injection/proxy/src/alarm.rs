//! Waking at a moment, to some ten microseconds: the runtime's own timers count milliseconds.

use std::future::pending;
use std::io;
use std::os::fd::OwnedFd;
use std::time::Instant;

use rustix::io::{Errno, read};
use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create,
    timerfd_settime,
};
use tokio::io::unix::AsyncFd;

/// One timer, made when it is first needed.
#[derive(Default)]
pub struct Alarm {
    timer: Option<AsyncFd<OwnedFd>>,
    set_to: Option<Instant>,
}

impl Alarm {
    /// Wait until that moment; forever without one. May be dropped and called again.
    ///
    /// # Errors
    /// No timer can be made, as when no descriptors are left.
    pub async fn ring(&mut self, at: Option<Instant>) -> io::Result<()> {
        let Some(at) = at else {
            return pending().await;
        };
        if self.timer.is_none() {
            let flags = TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC;
            let timer = timerfd_create(TimerfdClockId::Monotonic, flags)?;
            #[expect(deprecated, reason = "an OwnedFd names the same file for as long as it lives")]
            let timer = AsyncFd::new(timer)?;
            self.timer = Some(timer);
        }
        let timer = self.timer.as_ref().expect("just made");
        if self.set_to != Some(at) {
            timerfd_settime(timer.get_ref(), TimerfdTimerFlags::empty(), &until(at))?;
            self.set_to = Some(at);
        }
        loop {
            let mut ready = timer.readable().await?;
            match read(timer.get_ref(), &mut [0_u8; 8]) {
                Err(Errno::AGAIN) => ready.clear_ready(),
                other => {
                    self.set_to = None;
                    return other.map(drop).map_err(Into::into);
                }
            }
        }
    }
}

fn until(at: Instant) -> Itimerspec {
    // Zero would disarm the timer; a moment that has passed rings at once.
    let left = at.saturating_duration_since(Instant::now()).as_nanos().max(1);
    let it_value = Timespec {
        tv_sec: i64::try_from(left / 1_000_000_000).unwrap_or(i64::MAX),
        tv_nsec: i64::try_from(left % 1_000_000_000).unwrap_or(0),
    };
    Itimerspec { it_interval: Timespec { tv_sec: 0, tv_nsec: 0 }, it_value }
}
