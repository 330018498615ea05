//! Whether NSS's own tools are installed, and what would install them. Nothing is executed.

use crate::os;
use std::env;
use std::path::{Path, PathBuf};

/// The tools with which a repair of an NSS database is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NssTools {
    /// Nobody looked, or there are none for this system.
    Unknown,
    Here,
    Missing {
        /// The command that installs them, of the package manager that is here.
        install: Option<&'static str>,
        /// Whether this user may run it.
        as_root: bool,
    },
}

/// Where packages put programs, beside what `PATH` names: a user's may lack the administrator's folders.
const FOLDERS: [&str; 5] = ["/usr/bin", "/bin", "/usr/sbin", "/sbin", "/usr/local/bin"];

/// Each package manager, and the command that installs the package with certutil and pk12util without asking.
const MANAGERS: [(&str, &str); 6] = [
    ("apt-get", "apt-get install -y libnss3-tools"),
    ("dnf", "dnf install -y nss-tools"),
    ("yum", "yum install -y nss-tools"),
    ("zypper", "zypper --non-interactive install mozilla-nss-tools"),
    ("apk", "apk add nss-tools"),
    ("pacman", "pacman -S --noconfirm nss"),
];

/// Looks for certutil, and where it is missing for a package manager.
pub fn nss_tools() -> NssTools {
    let path = env::var_os("PATH").unwrap_or_default();
    let named = env::split_paths(&path).filter(|folder| folder.is_absolute());
    let folders: Vec<PathBuf> = named.chain(FOLDERS.map(PathBuf::from)).collect();
    look_in(&folders, os::effective_user() == Some(0))
}

fn look_in(folders: &[PathBuf], as_root: bool) -> NssTools {
    let is_here = |program: &str| folders.iter().any(|folder| is_program(&folder.join(program)));
    if is_here("certutil") {
        return NssTools::Here;
    }
    let found = MANAGERS.iter().find(|(program, _)| is_here(program));
    NssTools::Missing { install: found.map(|(_, command)| *command), as_root }
}

fn is_program(path: &Path) -> bool {
    path.is_file()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn the_package_manager_that_is_here_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let folders = [folder.path().to_owned()];
        assert_eq!(look_in(&folders, true), NssTools::Missing { install: None, as_root: true });
        fs::create_dir(folder.path().join("apt-get")).unwrap();
        fs::write(folder.path().join("zypper"), "").unwrap();
        let zypper = "zypper --non-interactive install mozilla-nss-tools";
        assert_eq!(look_in(&folders, false), NssTools::Missing { install: Some(zypper), as_root: false });
        fs::write(folder.path().join("certutil"), "").unwrap();
        assert_eq!(look_in(&folders, false), NssTools::Here);
    }
}
