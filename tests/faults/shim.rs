//! Turns `shim.c` into a library that makes calls fail, and a fault into the environment that it reads.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// What happens at a call that changes a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// The call fails with an error of that number; every later one too where `stays` is set.
    Error { number: i32, stays: bool },
    /// The process is killed before it.
    Before,
    /// The process is killed behind it.
    After,
    /// Half of what is written is written, and the process is killed.
    Torn,
    /// The process is killed, and what was not synced is lost.
    Power,
    /// Half of what is written is written, and said so; with every later write.
    Short,
}

/// Input or output failed, no room is left, may not be written, only to be read.
pub const EIO: i32 = 5;
pub const EACCES: i32 = 13;
pub const ENOSPC: i32 = 28;
pub const EROFS: i32 = 30;

/// A fault and when it happens.
#[derive(Debug, Clone, Copy)]
pub enum Fault {
    /// At the call of this number.
    Call(u64, Deed),
    /// When so many bytes are written: no room is left.
    Bytes(u64),
}

impl Fault {
    /// Puts it into the environment of a command; calls below `root` count, and are told in `log`.
    pub fn arm(self, command: &mut Command, shim: &Path, root: &Path, log: &Path) {
        command
            .env("LD_PRELOAD", shim)
            .env("BP_FAULT_ROOT", root)
            .env("BP_FAULT_LOG", log);
        let (at, deed) = match self {
            Self::Call(at, deed) => (at, deed),
            Self::Bytes(bytes) => {
                command.env("BP_FAULT_BYTES", bytes.to_string());
                let full = Deed::Error {
                    number: ENOSPC,
                    stays: true,
                };
                (0, full)
            }
        };
        let what = match deed {
            Deed::Error { number, .. } => number.to_string(),
            Deed::Before => "before".to_owned(),
            Deed::After => "after".to_owned(),
            Deed::Torn => "torn".to_owned(),
            Deed::Power => "power".to_owned(),
            Deed::Short => "short".to_owned(),
        };
        command.env("BP_FAULT_DO", what);
        if at > 0 {
            command.env("BP_FAULT_AT", at.to_string());
        }
        if matches!(deed, Deed::Short | Deed::Error { stays: true, .. }) {
            command.env("BP_FAULT_STAYS", "1");
        }
    }
}

/// The compiled library; `None` without a C compiler.
pub fn compiled() -> Option<PathBuf> {
    static SHIM: OnceLock<Option<PathBuf>> = OnceLock::new();
    SHIM.get_or_init(compile).clone()
}

fn compile() -> Option<PathBuf> {
    let compiler = env::var("CC").unwrap_or_else(|_| "cc".to_owned());
    Command::new(&compiler).arg("--version").output().ok()?;
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/faults/shim.c");
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("faults-shim.so");
    let output = Command::new(compiler)
        .args([
            "-Wall", "-Wextra", "-Werror", "-O1", "-shared", "-fPIC", "-o",
        ])
        .args([&target, &source])
        .args(["-ldl", "-lpthread"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "the shim does not compile: {said}");
    Some(target)
}
