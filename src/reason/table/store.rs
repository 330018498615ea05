//! Codes about the stores.

macro_rules! store_codes {
    ([$next:ident $($further:ident)*] $($codes:tt)*) => { $next! { [$($further)*] $($codes)*
    Store "The stores" {
        StoreMissing "store-missing" Fault {
            seen: "The store that the client searches is not there, or one of its files is missing.",
            why: "The documented look-up finds nothing then. For an NSS database certutil needs both \
                  `cert9.db` and `key4.db`; without either it prints SEC_ERROR_BAD_DATABASE and no \
                  certificate.",
            fix: "Create the store and install the client certificate with its private key. `certutil -N` \
                  also makes a missing `key4.db` and keeps the certificates that are there. Where a \
                  `client_certificate_v2` rule names files, put them at the rule's paths",
            "Linux": NEW_DATABASE,
            "Linux": IMPORT_LINUX,
        }
        StoreEmpty "store-empty" Fault {
            seen: "The store that the client searches holds no certificate.",
            why: "The documented look-up has nothing to find, whatever the rule says.",
            fix: "Install the client certificate with its private key in this store",
            "Linux": IMPORT_LINUX,
            "macOS": IMPORT_MACOS,
            "Windows": IMPORT_WINDOWS,
        }
        StoreCorrupt "store-corrupt" Fault {
            seen: "The store that the client searches is damaged: a file of it is cut short, is of \
                   another format, or was left in the middle of a change.",
            why: "The documented look-up fails on it as well and returns no certificate; certutil prints \
                  SEC_ERROR_BAD_DATABASE.",
            fix: "Copy the files somewhere safe. If a file whose name ends in `-journal` lies beside the \
                  database, `certutil -L -X` settles the interrupted change. Otherwise restore the \
                  database from a backup, or move it away, create a new one and install the client \
                  certificate with its private key again",
            "Linux": REPAIR_DATABASE,
            "Linux": NEW_DATABASE,
            "Linux": IMPORT_LINUX,
        }
        StoreDenied "store-denied" Unknown {
            seen: "This user may not read the store that the client searches, or it is another system's and \
                   nobody can read it here.",
            why: "The client runs as root or SYSTEM and can read it all the same, so it may see \
                  certificates that cannot be seen from here.",
            fix: "Run the same certposture command again as an administrator: behind `sudo` on Linux and \
                  macOS, in an elevated prompt of the same user on Windows. Of another system's store, give a \
                  copy or an export",
        }
        StoreLocked "store-locked" Unknown {
            seen: "Another process holds the store locked, or the file is encrypted with a pass phrase.",
            why: "certutil waits one second for a lock and then finds nothing. Whether the client comes at \
                  such a moment or at a better one cannot be told, and no more can what an encrypted file \
                  holds.",
            fix: "Run the check again in a moment. If the lock remains, find the process that holds it and \
                  let it finish. Of an encrypted PKCS #12 file, give the certificate alone",
            "Linux": "sudo fuser -v /etc/pki/nssdb/cert9.db /etc/pki/nssdb/key4.db",
            "OpenSSL": "openssl pkcs12 -in DEVICE.p12 -nokeys -clcerts -out CERTIFICATE.pem",
        }
        StoreLegacyDbm "store-legacy-dbm" Unknown {
            seen: "The NSS directory holds a database of the old format, `cert8.db`, alone or beside `cert9.db`.",
            why: "When it is alone, whether `certutil -d sql:` reads it depends on how NSS was built for the \
                  system: some builds read the old format without a word, others refuse it. Beside a \
                  `cert9.db` it is never read.",
            fix: "Convert it with a certutil that still reads the old format. When it is alone, `certutil -L -X` \
                  makes `cert9.db` and `key4.db` from it; beside a `cert9.db`, `certutil --merge --source-dir \
                  dbm:DIR -d sql:DIR` copies its certificates and keys. Without such a certutil, install the \
                  client certificate with its private key again",
            "Linux": REPAIR_DATABASE,
            "Linux": NEW_DATABASE,
        }
        StoreRedirected "store-redirected" Unknown {
            seen: "`pkcs11.txt` in the NSS directory sends certutil to another database.",
            why: "The database that is searched is then not the one in this directory. With \
                  libnsssysinit.so, as on Fedora and RHEL, it also depends on who asks: root is given the \
                  system's database, everybody else their own first.",
            fix: "Run certposture as root, as the client runs. If that does not settle it, name the \
                  database that `pkcs11.txt` points to with `--store`, or restore the usual `pkcs11.txt` \
                  if the redirection is not wanted",
        }
        StoreOtherUser "store-other-user" Unknown {
            seen: "The `CurrentUser` store that was read is not the signed-in user's.",
            why: "`Cert:\\CurrentUser\\My` is a store of its own for each user. What counts is the store \
                  of the user who is signed in; certposture ran as somebody else, such as SYSTEM or \
                  another administrator.",
            fix: "Run certposture as the signed-in user, in a prompt that was not opened with another \
                  account",
            "Windows": "whoami",
        }
        EvidenceUnreadable "evidence-unreadable" Unknown {
            seen: "What was given in place of a store cannot be read: it is damaged, encrypted, or of a form \
                   that holds no certificate. The report names the form where it is a known one.",
            why: "A file that cannot be read says nothing about the device that it came from. The client reads \
                  its own store there, whatever became of the copy.",
            fix: "Send it again in a form that is read: PEM, DER, PKCS #7, PKCS #12, a keychain, an NSS \
                  database's folder, a serialized store (`.sst`), a `.reg` export or the text of `certutil \
                  -store`. Copy files as they are, not as text in a mail",
            "Windows": "Get-ChildItem Cert:\\CurrentUser\\My | Export-Certificate -Type SST -FilePath my.sst",
            "macOS": "security find-certificate -a -p /Library/Keychains/System.keychain > system.pem",
            "Linux": "sudo tar -C /etc/pki -cf nssdb.tar nssdb",
        }
        PathNotPem "path-not-pem" Fault {
            short: "not PEM",
            seen: "A path that the rule lists leads to a certificate or private key in another form than PEM (DER, \
                   PKCS #7, PKCS #12), or to a folder.",
            why: "A `client_certificate_v2` rule's paths are documented as PEM files. That something here reads the \
                  other form does not mean that the client does.",
            fix: "Put the certificate and its private key as PEM where the rule's path leads. The commands convert the \
                  usual forms; for a folder, list its files in the rule",
            "openssl": "openssl x509 -inform DER -in CERTIFICATE.der -out CERTIFICATE.pem",
            "openssl": "openssl pkey -inform DER -in KEY.der -out KEY.pem",
            "openssl": "openssl pkcs12 -in FILE.p12 -nodes -out FILE.pem",
            "openssl": "openssl pkcs7 -print_certs -in FILE.p7b -out FILE.pem",
        }
        ImportRefused "import-refused" Warning {
            seen: "A PKCS #12 file is encrypted as OpenSSL 3 does by default (PBES2 with AES), and it is to be imported \
                   on macOS or Windows.",
            why: "`security import` on macOS, and Windows Server 2016 and older, refuse such a file and say that the pass \
                  phrase is wrong, which it is not. So the certificate never reaches the store that the client \
                  searches.",
            fix: "Make the file with the older algorithms, which every importer reads: `openssl pkcs12 -export -legacy`. \
                  The second command makes one from the file that there is",
            "openssl": "openssl pkcs12 -export -legacy -in CERTIFICATE.pem -inkey KEY.pem -out FILE.p12",
            "openssl": "openssl pkcs12 -in FILE.p12 -nodes | openssl pkcs12 -export -legacy -out LEGACY.p12",
        }
        EvidencePartial "evidence-partial" Unknown {
            seen: "What was given is a part of what the client searches: a single certificate or an export, \
                   or another store that the rule has the client search was not given.",
            why: "That a certificate is not in a part proves nothing: the device may have it in the rest. \
                  What is wrong with the certificates that were given stays true of them.",
            fix: "Give every store that the rule's client searches, whole, and say which one each file is: \
                  `--store 'windows:CurrentUser\\My=FILE'`, `windows:LocalMachine\\My=FILE`, \
                  `keychain:system=FILE`, `nss:/etc/pki/nssdb=FOLDER`",
            "certposture": "certposture check --cn NAME --ca CA.pem --store 'windows:CurrentUser\\My=FILE'",
        }
        EvidenceAssumed "evidence-assumed" Warning {
            seen: "The certificate that passes is in a file whose origin was not given.",
            why: "It is judged as if it lay in the store that the client searches. On the device it may lie \
                  in another store, and then the check fails.",
            fix: "Say which store the file is a copy of, as in `--store 'windows:LocalMachine\\My=FILE'` or \
                  `--store keychain:system=FILE`. Without that the verdict holds for a certificate that is \
                  in the right place",
        }
        RoleNotSearched "role-not-searched" Unknown {
            seen: "The certificate is in a copy of a store that the rule's client does not search, and the \
                   store that it does search was not given.",
            why: "The certificate may be in both. Where the searched store was seen too and lacks it, the \
                  code is `found-elsewhere` and the check fails.",
            fix: "Give the store that the client searches as well: the report names it",
        }
        ModuleNotRead "module-not-read" UnknownOrWarning {
            seen: "The NSS database names a PKCS #11 module, and certposture does not read its tokens.",
            why: "A smart card, a TPM, SoftHSM and p11-kit-proxy are modules in `pkcs11.txt`. certutil finds \
                  what is on their tokens under TOKEN:NICKNAME, and prints certificates there that have the \
                  subject of the one it finds; a plain name never finds one. What the client does under \
                  `client_certificate_v2` is not documented.",
            fix: "List the tokens with the command below. If the client certificate is on one, import it into \
                  the database as well; its key may stay on the token. If the module is not needed, take it \
                  out of the database with `modutil -delete`",
            "Linux": "certutil -L -d sql:/etc/pki/nssdb -h all",
        }
        LocationNotSearched "location-not-searched" Warning {
            rank: -8,
            seen: "The rule names a location that is not searched on this system, or names none.",
            why: "The trust store `user` exists for Windows only. Where a rule has no `locations`, \
                  certposture searches the system store, and on Windows the user's too; where the client \
                  looks then is not documented.",
            fix: "Edit the check in the Zero Trust dashboard and choose the OS locations where the \
                  certificate is installed: the system store or, on Linux, the paths of its files",
        }
    }
    }};
}
