//! One direction of one connection.

use std::collections::VecDeque;
use std::io;
use std::mem::{swap, take};
use std::ops::Range;
use std::sync::Arc;
use std::time::Instant;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::select;
use tokio::sync::watch::Receiver;

use crate::alarm::Alarm;
use crate::counters::{Count, Tally};
use crate::flow::{End, Piece};
use crate::link::Link;
use crate::plan::Plan;
use crate::stage::{Offer, Rest, Stage};
use crate::toxic::{Stream, Toxic};

/// What one read takes at most.
const BUFFER_BYTES: usize = 64 * 1024;
/// What stages may hold before the sender has to wait: 100 ms of 160 MB/s.
const HELD_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Who a lane belongs to: all that its dice depend on.
#[derive(Clone, Copy)]
pub struct Owner<'a> {
    /// Seed of the program.
    pub seed: u64,
    /// Name of the proxy.
    pub proxy: &'a str,
    /// Number of the connection.
    pub connection: u64,
    /// What its two lanes share.
    pub link: &'a Arc<Link>,
}

/// A toxic and its stage here, if the dice did not spare this connection.
struct Installed {
    toxic: Arc<Toxic>,
    stage: Option<Box<dyn Stage>>,
    touched: bool,
}

impl Installed {
    fn new(toxic: &Arc<Toxic>, owner: Owner<'_>, stream: Stream) -> Self {
        let stage = toxic.stage(owner, stream);
        Self { toxic: Arc::clone(toxic), stage, touched: false }
    }

    /// The stage with its tally; None where the connection is spared.
    fn parts(&mut self) -> Option<(&mut Box<dyn Stage>, Tally<'_>)> {
        let tally = Tally { counters: &self.toxic.counters, touched: &mut self.touched };
        self.stage.as_mut().map(|stage| (stage, tally))
    }

    fn finish(&mut self) -> Rest {
        let mut tally = Tally { counters: &self.toxic.counters, touched: &mut self.touched };
        self.stage.take().map_or(Rest::Held(Vec::new()), |stage| stage.finish(&mut tally))
    }
}

enum Event {
    Plan(bool),
    Rung(io::Result<()>),
    Woken,
    Written(io::Result<usize>),
    Read(io::Result<usize>),
}

/// Carries bytes from a sender to a receiver, through the stages of its toxics.
pub struct Lane<'a> {
    from: ReadHalf<'a>,
    to: WriteHalf<'a>,
    stream: Stream,
    owner: Owner<'a>,
    taken: &'a Count,
    passed: &'a Count,
    plan: Receiver<Arc<Plan>>,
    stages: VecDeque<Installed>,
    buffer: Vec<u8>,
    /// Bytes read while there was no stage, and what of them is still to be written.
    direct: (Vec<u8>, Range<usize>),
    /// What has passed all stages, after ``direct``; of the first so much is written.
    out: VecDeque<Piece>,
    written: usize,
    sender_ended: bool,
    alarm: Alarm,
}

impl<'a> Lane<'a> {
    /// Nothing moves before [`Lane::run`].
    pub fn new(
        (from, to): (ReadHalf<'a>, WriteHalf<'a>),
        stream: Stream,
        owner: Owner<'a>,
        (taken, passed): (&'a Count, &'a Count),
        plan: Receiver<Arc<Plan>>,
    ) -> Self {
        Self {
            from,
            to,
            stream,
            owner,
            taken,
            passed,
            plan,
            stages: VecDeque::new(),
            buffer: Vec::new(),
            direct: (Vec::new(), 0..0),
            out: VecDeque::new(),
            written: 0,
            sender_ended: false,
            alarm: Alarm::default(),
        }
    }

    /// Carry until the end of the stream has been passed on.
    ///
    /// # Errors
    /// The whole connection has to end, and how.
    pub async fn run(mut self) -> Result<(), End> {
        self.follow_plan()?;
        loop {
            let wake = self.advance()?;
            if self.direct.1.is_empty() && self.out.front().is_some_and(Piece::is_end) {
                // A receiver that is gone cannot be told; its own lane notices.
                let _ = self.to.shutdown().await;
                let cut = self.stages().any(|stage| stage.cuts());
                return if cut { Err(End::Closed) } else { Ok(()) };
            }
            let reading = self.may_read();
            self.buffer.resize(BUFFER_BYTES, 0);
            let pending = pending(&self.direct, &self.out, self.written);
            let link = self.owner.link;
            // Only what comes back waits for what was asked.
            let listening = self.stream == Stream::Downstream && !self.stages.is_empty();
            let event = select! {
                biased;
                changed = self.plan.changed() => Event::Plan(changed.is_ok()),
                () = link.woken(), if listening => Event::Woken,
                rung = self.alarm.ring(wake) => Event::Rung(rung),
                count = self.to.write(pending), if !pending.is_empty() => Event::Written(count),
                count = self.from.read(&mut self.buffer), if reading => Event::Read(count),
            };
            match event {
                Event::Plan(true) => self.follow_plan()?,
                Event::Plan(false) => return Err(End::Closed),
                Event::Woken => {}
                Event::Rung(rung) => rung.map_err(|_| End::Reset)?,
                Event::Written(count) => self.wrote(count.map_err(|_| End::Reset)?),
                Event::Read(count) => self.read(count.map_err(|_| End::Reset)?),
            }
        }
    }

    fn stages(&self) -> impl Iterator<Item = &Box<dyn Stage>> {
        self.stages.iter().filter_map(|each| each.stage.as_ref())
    }

    fn may_read(&self) -> bool {
        if self.sender_ended || !self.direct.1.is_empty() {
            return false;
        }
        if self.stages().any(|stage| stage.is_full()) {
            return false;
        }
        let held: usize = self.stages().map(|stage| stage.held_bytes()).sum();
        let out: usize = self.out.iter().map(|piece| piece.data.len()).sum();
        held + out < HELD_BYTES_MAX
    }

    fn read(&mut self, count: usize) {
        self.sender_ended = count == 0;
        self.taken.add(count as u64);
        let staged = self.stages.iter().any(|each| each.stage.is_some());
        if count > 0 && !staged && self.out.is_empty() {
            swap(&mut self.buffer, &mut self.direct.0);
            self.direct.1 = 0..count;
        } else {
            let data = self.buffer[..count].to_vec();
            self.push(0, Piece { arrived: Instant::now(), data });
        }
        self.owner.link.moved(self.stream);
    }

    fn wrote(&mut self, count: usize) {
        self.passed.add(count as u64);
        if self.direct.1.is_empty() {
            self.written += count;
            if self.out.front().is_some_and(|piece| piece.data.len() == self.written) {
                self.out.pop_front();
                self.written = 0;
            }
        } else {
            self.direct.1.start += count;
        }
    }

    /// Hand a piece to the first stage from that place on, or to the writer.
    fn push(&mut self, place: usize, piece: Piece) {
        match self.stages.range_mut(place..).find_map(Installed::parts) {
            Some((stage, mut tally)) => stage.take(piece, &mut tally),
            None => self.out.push_back(piece),
        }
    }

    /// Move what is due through the stages: when to do so again, or how it ends.
    fn advance(&mut self) -> Result<Option<Instant>, End> {
        let now = if self.stages.is_empty() { return Ok(None) } else { Instant::now() };
        let mut wake: Option<Instant> = None;
        for place in 0..self.stages.len() {
            while let Some((stage, mut tally)) = self.stages[place].parts() {
                match stage.give(now, &mut tally) {
                    Offer::Piece(piece) => self.push(place + 1, piece),
                    Offer::End(end) => return Err(end),
                    Offer::Wait(until) => {
                        wake = [wake, until].into_iter().flatten().min();
                        break;
                    }
                }
            }
        }
        Ok(wake)
    }

    /// Put up the stages of the newest plan; what those taken down hold goes on in order.
    fn follow_plan(&mut self) -> Result<(), End> {
        let plan = Arc::clone(&self.plan.borrow_and_update());
        if !plan.open {
            return Err(End::Closed);
        }
        let mut old = take(&mut self.stages);
        let known = |toxic: &Toxic| old.iter().any(|each| each.toxic.id == toxic.id);
        let added = plan.of(self.stream).filter(|toxic| !known(toxic));
        self.stages = added.map(|toxic| Installed::new(toxic, self.owner, self.stream)).collect();
        // From the receiver's end on: what is nearer to it goes ahead of what is farther.
        while let Some(mut was) = old.pop_back() {
            match plan.of(self.stream).find(|toxic| toxic.id == was.toxic.id) {
                Some(toxic) if toxic.version == was.toxic.version => self.stages.push_front(was),
                Some(toxic) => {
                    let mut next = Installed::new(toxic, self.owner, self.stream);
                    next.touched = was.touched;
                    let goes_on = next.stage.is_some()
                        && was.stage.as_mut().is_some_and(|stage| stage.update(&toxic.kind));
                    if goes_on {
                        next.stage = was.stage.take();
                    }
                    let rest = was.finish();
                    self.stages.push_front(next);
                    self.go_on(rest)?;
                }
                None => {
                    let rest = was.finish();
                    self.go_on(rest)?;
                }
            }
        }
        Ok(())
    }

    fn go_on(&mut self, rest: Rest) -> Result<(), End> {
        match rest {
            Rest::Lost => Err(End::Closed),
            Rest::Held(pieces) => {
                for piece in pieces {
                    self.push(0, piece);
                }
                Ok(())
            }
        }
    }
}

fn pending<'a>(
    (buffer, range): &'a (Vec<u8>, Range<usize>),
    out: &'a VecDeque<Piece>,
    written: usize,
) -> &'a [u8] {
    if !range.is_empty() {
        return &buffer[range.clone()];
    }
    out.front().map_or(&[], |piece| &piece.data[written..])
}
