//! A timer with a precision of about ten microseconds; the runtime's own timers count milliseconds.

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

/// One kernel timer, created when it is first needed.
#[derive(Default)]
pub struct Timer {
    timer: Option<AsyncFd<OwnedFd>>,
    set_to: Option<Instant>,
}

impl Timer {
    /// Wait until that time; forever without one. The future may be dropped and called again.
    ///
    /// # Errors
    /// The timer cannot be created, for example when no file descriptors are left.
    pub async fn expired(&mut self, at: Option<Instant>) -> io::Result<()> {
        let Some(at) = at else {
            return pending().await;
        };
        if self.timer.is_none() {
            let flags = TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC;
            let timer = timerfd_create(TimerfdClockId::Monotonic, flags)?;
            #[expect(deprecated, reason = "an OwnedFd refers to the same file until it is dropped")]
            let timer = AsyncFd::new(timer)?;
            self.timer = Some(timer);
        }
        let timer = self.timer.as_ref().expect("created above");
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
    // Zero would disarm the timer; a time in the past expires at once.
    let left = at.saturating_duration_since(Instant::now()).as_nanos().max(1);
    let it_value = Timespec {
        tv_sec: i64::try_from(left / 1_000_000_000).unwrap_or(i64::MAX),
        tv_nsec: i64::try_from(left % 1_000_000_000).unwrap_or(0),
    };
    Itimerspec { it_interval: Timespec { tv_sec: 0, tv_nsec: 0 }, it_value }
}
