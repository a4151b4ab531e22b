//! Where the provider listens: a socket in a folder of its own, or a loopback port where there are
//! no such sockets.

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::ops::RangeInclusive;
#[cfg(unix)]
use std::path::Path;
use std::path::PathBuf;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpListener;
#[cfg(unix)]
use tokio::net::UnixListener;
use tonic::transport::server::Connected;

/// The longest path of a socket on every Unix: macOS allows 104 bytes with the terminating one.
#[cfg(unix)]
const LONGEST_PATH: usize = 100;

/// Where a client finds the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// A socket in the file system.
    Unix(PathBuf),
    /// A port on this machine.
    Tcp(SocketAddr),
}

impl Address {
    /// The kind of network, in the words of Go.
    pub fn network(&self) -> &'static str {
        match self {
            Address::Unix(_) => "unix",
            Address::Tcp(_) => "tcp",
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Address::Unix(path) => write!(out, "{}", path.display()),
            Address::Tcp(address) => write!(out, "{address}"),
        }
    }
}

/// Where the client wants the socket to be. By default: in a new folder below the system's
/// temporary one, for the owner alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// A folder of the client's own making.
    pub folder: Option<PathBuf>,
    /// A group that may connect too, by name or number.
    pub group: Option<String>,
    /// The ports to choose from, if it has to be one.
    pub ports: Option<RangeInclusive<u16>>,
}

/// A place to connect to. It vanishes from the file system when dropped.
pub struct Listener {
    socket: Socket,
    address: Address,
    #[cfg(unix)]
    _trace: Option<Trace>,
}

enum Socket {
    #[cfg(unix)]
    Unix(UnixListener),
    Tcp(TcpListener),
}

/// What a socket leaves in the file system, removed when dropped.
#[cfg(unix)]
enum Trace {
    Folder { _folder: tempfile::TempDir },
    File { _path: tempfile::TempPath },
}

impl Listener {
    /// Listens at the place. Must be called within a runtime.
    ///
    /// # Errors
    /// The system refuses the folder, the socket or its group.
    pub fn bind(place: &Place) -> io::Result<Listener> {
        #[cfg(unix)]
        return Listener::bind_socket(place);
        #[cfg(not(unix))]
        return Listener::bind_port(place);
    }

    /// Listens on a free port of the loopback interface. Must be called within a runtime.
    ///
    /// # Errors
    /// No port of the range is free.
    pub fn bind_port(place: &Place) -> io::Result<Listener> {
        let ports = place.ports.clone().unwrap_or(0..=0);
        let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
        for port in ports {
            match std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
                Ok(listener) => {
                    listener.set_nonblocking(true)?;
                    return Ok(Listener {
                        address: Address::Tcp(listener.local_addr()?),
                        socket: Socket::Tcp(TcpListener::from_std(listener)?),
                        #[cfg(unix)]
                        _trace: None,
                    });
                }
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    #[cfg(unix)]
    fn bind_socket(place: &Place) -> io::Result<Listener> {
        let group = place.group.as_deref().map(group_id).transpose()?;
        let (listener, path, trace) = match &place.folder {
            Some(folder) => in_given_folder(folder)?,
            None => in_own_folder(group)?,
        };
        let mode = if group.is_some() { 0o660 } else { 0o600 };
        grant(&path, mode, group)?;
        Ok(Listener {
            socket: Socket::Unix(listener),
            address: Address::Unix(path),
            _trace: Some(trace),
        })
    }

    /// Where it listens.
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// The next connection.
    ///
    /// # Errors
    /// That of the system; the next call may succeed.
    pub async fn accept(&self) -> io::Result<Stream> {
        match &self.socket {
            #[cfg(unix)]
            Socket::Unix(listener) => Ok(Stream::new(listener.accept().await?.0)),
            Socket::Tcp(listener) => {
                let (stream, _) = listener.accept().await?;
                // Waiting for a full packet costs 40 ms with nearly every call.
                stream.set_nodelay(true)?;
                Ok(Stream::new(stream))
            }
        }
    }
}

/// The client made the folder and keeps watch over it, possibly from the other side of a container
/// where only the name of the socket is the same: so the socket lies directly in it.
#[cfg(unix)]
fn in_given_folder(folder: &Path) -> io::Result<(UnixListener, PathBuf, Trace)> {
    let (listener, path) = tempfile::Builder::new()
        .prefix("plugin")
        .make_in(folder, |path| UnixListener::bind(path))?
        .into_parts();
    let address = path.to_path_buf();
    Ok((listener, address, Trace::File { _path: path }))
}

#[cfg(unix)]
fn in_own_folder(group: Option<u32>) -> io::Result<(UnixListener, PathBuf, Trace)> {
    let mut folder = own_folder(&std::env::temp_dir())?;
    let mut path = folder.path().join("plugin");
    if path.as_os_str().len() > LONGEST_PATH {
        folder = own_folder(Path::new("/tmp"))?;
        path = folder.path().join("plugin");
    }
    if group.is_some() {
        // Enough to reach the socket, whose name the group does not need to read.
        grant(folder.path(), 0o710, group)?;
    }
    let listener = UnixListener::bind(&path)?;
    Ok((listener, path, Trace::Folder { _folder: folder }))
}

#[cfg(unix)]
fn own_folder(within: &Path) -> io::Result<tempfile::TempDir> {
    use std::os::unix::fs::PermissionsExt;
    tempfile::Builder::new()
        .prefix("terraform-")
        .permissions(std::fs::Permissions::from_mode(0o700))
        .tempdir_in(within)
}

#[cfg(unix)]
fn grant(path: &Path, mode: u32, group: Option<u32>) -> io::Result<()> {
    use std::os::unix::fs::{PermissionsExt, chown};
    if group.is_some() {
        chown(path, None, group)?;
    }
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode))
}

/// The number of a group, which may be given as such.
#[cfg(unix)]
fn group_id(group: &str) -> io::Result<u32> {
    if let Ok(number) = group.parse() {
        return Ok(number);
    }
    find_group(&std::fs::read_to_string("/etc/group")?, group).ok_or_else(|| {
        io::Error::new(
            io::ErrorKind::NotFound,
            format!("there is no group {group:?} in /etc/group"),
        )
    })
}

/// Lines of `name:password:number:members`.
#[cfg(unix)]
fn find_group(groups: &str, name: &str) -> Option<u32> {
    groups.lines().find_map(|line| {
        let mut parts = line.split(':');
        (parts.next() == Some(name)).then(|| parts.nth(1)?.parse().ok())?
    })
}

trait ReadWrite: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> ReadWrite for T {}

/// A connection, whatever carries it.
pub struct Stream(Box<dyn ReadWrite>);

impl Stream {
    /// Wraps what carries the connection.
    pub fn new(inner: impl AsyncRead + AsyncWrite + Send + Unpin + 'static) -> Stream {
        Stream(Box::new(inner))
    }
}

impl Connected for Stream {
    type ConnectInfo = ();

    fn connect_info(&self) {}
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write_vectored(context, pieces)
    }

    fn is_write_vectored(&self) -> bool {
        self.0.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}

#[cfg(all(test, unix))]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use std::os::unix::fs::PermissionsExt;

    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    fn mode(path: &Path) -> u32 {
        std::fs::metadata(path)
            .expect("a file")
            .permissions()
            .mode()
            & 0o777
    }

    #[tokio::test]
    async fn the_socket_is_for_its_owner_alone_and_leaves_nothing_behind() {
        let listener = Listener::bind(&Place::default()).expect("a socket");
        let Address::Unix(path) = listener.address().clone() else {
            panic!("not a socket");
        };
        let folder = path.parent().expect("a folder").to_path_buf();
        assert_eq!((mode(&folder), mode(&path)), (0o700, 0o600));
        drop(listener);
        assert!(!folder.exists());
    }

    #[tokio::test]
    async fn a_given_folder_holds_the_socket_itself_and_stays() {
        let folder = tempfile::tempdir().expect("a folder");
        let place = Place {
            folder: Some(folder.path().to_path_buf()),
            ..Place::default()
        };
        let listener = Listener::bind(&place).expect("a socket");
        let Address::Unix(path) = listener.address().clone() else {
            panic!("not a socket");
        };
        assert_eq!(path.parent(), Some(folder.path()));
        drop(listener);
        assert!(!path.exists() && folder.path().exists());
    }

    #[tokio::test]
    async fn a_group_may_connect_where_the_client_wants_it_to() {
        use std::os::unix::fs::MetadataExt;
        // The group of our own files is the only one that anyone may give a file to.
        let folder = tempfile::tempdir().expect("a folder");
        let own = std::fs::metadata(folder.path()).expect("a folder").gid();
        let place = Place {
            group: Some(own.to_string()),
            ..Place::default()
        };
        let listener = Listener::bind(&place).expect("a socket");
        let Address::Unix(path) = listener.address() else {
            panic!("not a socket");
        };
        assert_eq!(mode(path), 0o660);
        assert_eq!(mode(path.parent().expect("a folder")), 0o710);
        assert_eq!(std::fs::metadata(path).expect("a file").gid(), own);
    }

    #[test]
    fn groups_are_found_by_name() {
        let groups = "root:x:0:\nnetops:x:1042:anna,bert\n";
        assert_eq!(find_group(groups, "netops"), Some(1042));
        assert_eq!(find_group(groups, "net"), None);
    }

    #[tokio::test]
    async fn a_port_serves_where_there_are_no_sockets() {
        let listener = Listener::bind_port(&Place::default()).expect("a port");
        let Address::Tcp(address) = *listener.address() else {
            panic!("not a port");
        };
        let client = tokio::spawn(async move {
            let mut stream = tokio::net::TcpStream::connect(address)
                .await
                .expect("connected");
            stream.write_all(b"hi").await.expect("written");
        });
        let mut text = String::new();
        let mut stream = listener.accept().await.expect("a connection");
        stream.read_to_string(&mut text).await.expect("read");
        client.await.expect("a client");
        assert_eq!(text, "hi");
    }
}
