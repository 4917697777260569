//! Relays one direction of one connection.

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

use crate::config::Config;
use crate::counters::{Count, Tally};
use crate::flow::{Chunk, End, Stream};
use crate::link::ConnectionContext;
use crate::stage::{Output, Remainder, Stage};
use crate::timer::Timer;
use crate::toxic::Toxic;

/// The most that one read takes.
const BUFFER_BYTES: usize = 64 * 1024;
/// The most that stages hold before the sender must wait: 100 ms of 160 MB/s.
const HELD_BYTES_MAX: usize = 16 * 1024 * 1024;

/// A toxic and its stage; no stage if the toxicity excludes this connection.
struct Installed {
    toxic: Arc<Toxic>,
    stage: Option<Box<dyn Stage>>,
    counted: bool,
}

impl Installed {
    fn new(toxic: &Arc<Toxic>, context: ConnectionContext<'_>, stream: Stream) -> Self {
        let stage = toxic.stage(context, stream);
        Self { toxic: Arc::clone(toxic), stage, counted: false }
    }

    /// The stage with its tally; None if the connection is excluded.
    fn parts(&mut self) -> Option<(&mut Box<dyn Stage>, Tally<'_>)> {
        let tally = Tally { counters: &self.toxic.counters, counted: &mut self.counted };
        self.stage.as_mut().map(|stage| (stage, tally))
    }

    fn finish(&mut self) -> Remainder {
        let mut tally = Tally { counters: &self.toxic.counters, counted: &mut self.counted };
        self.stage.take().map_or(Remainder::Held(Vec::new()), |stage| stage.finish(&mut tally))
    }
}

enum Event {
    Config(bool),
    Expired(io::Result<()>),
    Woken,
    Written(io::Result<usize>),
    Read(io::Result<usize>),
}

/// Moves bytes from a sender to a receiver, through the stages of the toxics.
pub struct Relay<'a> {
    from: ReadHalf<'a>,
    to: WriteHalf<'a>,
    stream: Stream,
    context: ConnectionContext<'a>,
    bytes_read: &'a Count,
    bytes_written: &'a Count,
    config: Receiver<Arc<Config>>,
    stages: VecDeque<Installed>,
    buffer: Vec<u8>,
    /// Bytes read while there was no stage, and the range of them still to be written.
    direct: (Vec<u8>, Range<usize>),
    /// What has passed all stages, to be written after `direct`; `written` bytes of its first chunk
    /// are written.
    out: VecDeque<Chunk>,
    written: usize,
    sender_ended: bool,
    timer: Timer,
}

impl<'a> Relay<'a> {
    /// Nothing moves before [`Relay::run`].
    pub fn new(
        (from, to): (ReadHalf<'a>, WriteHalf<'a>),
        stream: Stream,
        context: ConnectionContext<'a>,
        (bytes_read, bytes_written): (&'a Count, &'a Count),
        config: Receiver<Arc<Config>>,
    ) -> Self {
        Self {
            from,
            to,
            stream,
            context,
            bytes_read,
            bytes_written,
            config,
            stages: VecDeque::new(),
            buffer: Vec::new(),
            direct: (Vec::new(), 0..0),
            out: VecDeque::new(),
            written: 0,
            sender_ended: false,
            timer: Timer::default(),
        }
    }

    /// Relay until the end of the stream has been passed on.
    ///
    /// # Errors
    /// How the whole connection must end.
    pub async fn run(mut self) -> Result<(), End> {
        self.apply_config()?;
        loop {
            let wake = self.advance()?;
            if self.direct.1.is_empty() && self.out.front().is_some_and(Chunk::is_end) {
                // An error means that the receiver is gone; the relay that reads from it notices.
                let _ = self.to.shutdown().await;
                let close = self.stages().any(|stage| stage.closes_connection());
                return if close { Err(End::Closed) } else { Ok(()) };
            }
            let reading = self.may_read();
            self.buffer.resize(BUFFER_BYTES, 0);
            let pending = pending(&self.direct, &self.out, self.written);
            let link = self.context.link;
            // Only replies wait for requests.
            let listening = self.stream == Stream::Downstream && !self.stages.is_empty();
            let event = select! {
                biased;
                changed = self.config.changed() => Event::Config(changed.is_ok()),
                () = link.woken(), if listening => Event::Woken,
                result = self.timer.expired(wake) => Event::Expired(result),
                count = self.to.write(pending), if !pending.is_empty() => Event::Written(count),
                count = self.from.read(&mut self.buffer), if reading => Event::Read(count),
            };
            match event {
                Event::Config(true) => self.apply_config()?,
                Event::Config(false) => return Err(End::Closed),
                Event::Woken => {}
                Event::Expired(result) => result.map_err(|_| End::Reset)?,
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
        let out: usize = self.out.iter().map(|chunk| chunk.data.len()).sum();
        held + out < HELD_BYTES_MAX
    }

    fn read(&mut self, count: usize) {
        self.sender_ended = count == 0;
        self.bytes_read.add(count as u64);
        let staged = self.stages.iter().any(|each| each.stage.is_some());
        if count > 0 && !staged && self.out.is_empty() {
            swap(&mut self.buffer, &mut self.direct.0);
            self.direct.1 = 0..count;
        } else {
            let data = self.buffer[..count].to_vec();
            self.push(0, Chunk { arrived: Instant::now(), data });
        }
        self.context.link.count_read(self.stream);
    }

    fn wrote(&mut self, count: usize) {
        self.bytes_written.add(count as u64);
        if self.direct.1.is_empty() {
            self.written += count;
            if self.out.front().is_some_and(|chunk| chunk.data.len() == self.written) {
                self.out.pop_front();
                self.written = 0;
            }
        } else {
            self.direct.1.start += count;
        }
    }

    /// Hand a chunk to the first stage from that place on, or to the writer.
    fn push(&mut self, place: usize, chunk: Chunk) {
        match self.stages.range_mut(place..).find_map(Installed::parts) {
            Some((stage, mut tally)) => stage.write(chunk, &mut tally),
            None => self.out.push_back(chunk),
        }
    }

    /// Move what is due through the stages; when to do so again, or how the connection ends.
    fn advance(&mut self) -> Result<Option<Instant>, End> {
        let now = if self.stages.is_empty() { return Ok(None) } else { Instant::now() };
        let mut wake: Option<Instant> = None;
        for place in 0..self.stages.len() {
            while let Some((stage, mut tally)) = self.stages[place].parts() {
                match stage.read(now, &mut tally) {
                    Output::Chunk(chunk) => self.push(place + 1, chunk),
                    Output::End(end) => return Err(end),
                    Output::Wait(until) => {
                        wake = [wake, until].into_iter().flatten().min();
                        break;
                    }
                }
            }
        }
        Ok(wake)
    }

    /// Install the stages of the newest configuration; what removed stages hold goes on in order.
    fn apply_config(&mut self) -> Result<(), End> {
        let config = Arc::clone(&self.config.borrow_and_update());
        if !config.enabled {
            return Err(End::Closed);
        }
        let mut old = take(&mut self.stages);
        let known = |toxic: &Toxic| old.iter().any(|each| each.toxic.id == toxic.id);
        let added = config.toxics_of(self.stream).filter(|toxic| !known(toxic));
        self.stages = added.map(|toxic| Installed::new(toxic, self.context, self.stream)).collect();
        // From the receiver's end: what a later stage holds precedes what an earlier one holds.
        while let Some(mut was) = old.pop_back() {
            match config.toxics_of(self.stream).find(|toxic| toxic.id == was.toxic.id) {
                Some(toxic) if toxic.version == was.toxic.version => self.stages.push_front(was),
                Some(toxic) => {
                    let mut next = Installed::new(toxic, self.context, self.stream);
                    next.counted = was.counted;
                    let continues = next.stage.is_some()
                        && was
                            .stage
                            .as_mut()
                            .is_some_and(|stage| stage.update(toxic.kind.as_any()));
                    if continues {
                        next.stage = was.stage.take();
                    }
                    let rest = was.finish();
                    self.stages.push_front(next);
                    self.push_remainder(rest)?;
                }
                None => {
                    let rest = was.finish();
                    self.push_remainder(rest)?;
                }
            }
        }
        Ok(())
    }

    fn push_remainder(&mut self, rest: Remainder) -> Result<(), End> {
        match rest {
            Remainder::Lost => Err(End::Closed),
            Remainder::Held(chunks) => {
                for chunk in chunks {
                    self.push(0, chunk);
                }
                Ok(())
            }
        }
    }
}

fn pending<'a>(
    (buffer, range): &'a (Vec<u8>, Range<usize>),
    out: &'a VecDeque<Chunk>,
    written: usize,
) -> &'a [u8] {
    if !range.is_empty() {
        return &buffer[range.clone()];
    }
    out.front().map_or(&[], |chunk| &chunk.data[written..])
}
