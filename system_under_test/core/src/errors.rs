//! Exceptions, and which error becomes which.

use genomics::{Error, RegionError};
use pyo3::exceptions::{
    PyKeyboardInterrupt, PyMemoryError, PyOSError, PyRuntimeError, PyValueError,
};
use pyo3::prelude::*;
use pyo3::{PyErr, create_exception};

create_exception!(
    swarm_core,
    ParseError,
    PyValueError,
    "Malformed input. The message is `file:line: reason`; the attributes `file`, `line` (1-based, \
     of the decompressed text) and `reason` hold its parts."
);

create_exception!(
    swarm_core,
    CorePanicError,
    PyRuntimeError,
    "A defect of the core: it panicked, the call failed, and the process goes on. An ordinary \
     `Exception`, unlike PyO3's own `PanicException`, so that a worker's `except Exception` \
     fails the task and not the worker."
);

/// The exception for an error of the library.
pub(crate) fn exception(py: Python<'_>, error: Error) -> PyErr {
    match error {
        Error::Parse(error) => parse_exception(py, &error),
        Error::Io { path, source } => match source.raw_os_error() {
            Some(code) => PyOSError::new_err((code, reason(&source), path.display().to_string())),
            None => PyOSError::new_err(format!("{}: {source}", path.display())),
        },
        Error::Region(RegionError::OutOfMemory) => PyMemoryError::new_err(error.to_string()),
        Error::Analysis(_) | Error::Region(_) | Error::ShuffleNull(_) | Error::Statistics(_) => {
            PyValueError::new_err(error.to_string())
        }
        Error::Interrupted(_) => PyKeyboardInterrupt::new_err(()),
    }
}

/// What the operating system said, without the number that Python shows itself.
fn reason(source: &std::io::Error) -> String {
    let text = source.to_string();
    text.split(" (os error").next().unwrap_or_default().to_owned()
}

fn parse_exception(py: Python<'_>, error: &genomics::ParseError) -> PyErr {
    let exception = ParseError::new_err(error.to_string());
    let value = exception.value(py);
    let attributes = value
        .setattr("file", error.path.display().to_string())
        .and_then(|()| value.setattr("line", error.line))
        .and_then(|()| value.setattr("reason", error.reason.to_string()));
    attributes.err().unwrap_or(exception)
}
