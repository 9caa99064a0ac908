//! Against a server that says back what it hears.

use super::*;
use std::io::ErrorKind;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{Instant, timeout};

const SOON: Duration = Duration::from_secs(10);
/// Long enough to say that nothing comes.
const NEVER: Duration = Duration::from_millis(150);

/// A proxy in front of a server that echoes.
async fn echo(weather: Weather) -> Proxy {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let host = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let (mut from, mut to) = stream.split();
                let _ = tokio::io::copy(&mut from, &mut to).await;
            });
        }
    });
    Proxy::to_host(host, weather).await
}

async fn connect(proxy: &Proxy) -> TcpStream {
    TcpStream::connect(proxy.url.trim_start_matches("http://")).await.unwrap()
}

/// Says something and reads so many bytes back.
async fn said(stream: &mut TcpStream, text: &[u8], back: usize) -> Vec<u8> {
    stream.write_all(text).await.unwrap();
    let mut came = vec![0; back];
    timeout(SOON, stream.read_exact(&mut came)).await.expect("an echo").unwrap();
    came
}

/// How it ended: an error, or what still came.
async fn ended(stream: &mut TcpStream) -> Result<Vec<u8>, ErrorKind> {
    let mut came = Vec::new();
    let read = timeout(SOON, stream.read_to_end(&mut came)).await.expect("an end");
    read.map(|_| came).map_err(|error| error.kind())
}

#[tokio::test]
async fn in_good_weather_everything_passes_and_nothing_counts() {
    let proxy = echo(Weather::default()).await;
    let mut stream = connect(&proxy).await;
    let much = vec![7; 300_000];
    let (mut from, mut to) = stream.split();
    let write = async {
        to.write_all(&much).await.unwrap();
        to.shutdown().await.unwrap();
    };
    let read = async {
        let mut came = Vec::new();
        from.read_to_end(&mut came).await.unwrap();
        came
    };
    let ((), came) = timeout(SOON, async { tokio::join!(write, read) }).await.unwrap();
    assert_eq!(came, much);
    assert_eq!((proxy.faults().total(), proxy.faults().to_string()), (0, String::new()));
    assert!(proxy.carried().last.is_some());
}

#[tokio::test]
async fn a_delay_and_a_rate_take_their_time_each_way() {
    let slow = Duration::from_millis(80);
    for (way, fault) in [
        (Way { delay: slow, ..Way::default() }, Fault::Delayed),
        // 160 bytes at 2,000 a second.
        (Way { rate: 2_000, ..Way::default() }, Fault::Throttled),
    ] {
        for weather in [Weather { up: way, ..Weather::default() }, Weather { down: way, ..Weather::default() }] {
            let proxy = echo(weather).await;
            let mut stream = connect(&proxy).await;
            let since = Instant::now();
            said(&mut stream, &[1; 160], 160).await;
            assert!(since.elapsed() >= slow, "{fault:?}: {:?}", since.elapsed());
            // Once, however much it carries.
            said(&mut stream, &[1; 160], 160).await;
            assert_eq!((proxy.faults().of(fault), proxy.faults().total()), (1, 1));
            proxy.heal();
            let since = Instant::now();
            said(&mut stream, &[1; 160], 160).await;
            assert!(since.elapsed() < slow, "{fault:?} is over: {:?}", since.elapsed());
        }
    }
}

#[tokio::test]
async fn what_is_swallowed_never_comes_and_its_connection_is_forgotten() {
    let proxy = echo(Weather::default()).await;
    let (mut idle, mut busy) = (connect(&proxy).await, connect(&proxy).await);
    said(&mut idle, b"hello", 5).await;
    said(&mut busy, b"hello", 5).await;
    proxy.swallow();
    busy.write_all(b"lost").await.unwrap();
    let mut byte = [0];
    assert!(timeout(NEVER, busy.read(&mut byte)).await.is_err(), "it says nothing at all");
    proxy.heal();
    assert_eq!(ended(&mut busy).await, Err(ErrorKind::ConnectionReset));
    assert_eq!(said(&mut idle, b"still", 5).await, b"still", "whoever lost nothing goes on");
    assert_eq!((proxy.faults().of(Fault::Swallowed), proxy.faults().total()), (1, 1));
}

#[tokio::test]
async fn what_is_forgotten_says_nothing_ever_again_and_new_connections_are_good() {
    let proxy = echo(Weather::default()).await;
    let mut old = connect(&proxy).await;
    said(&mut old, b"hello", 5).await;
    proxy.forget();
    old.write_all(b"lost").await.unwrap();
    said(&mut connect(&proxy).await, b"hello", 5).await;
    proxy.heal();
    let mut byte = [0];
    assert!(timeout(NEVER, old.read(&mut byte)).await.is_err(), "not even that it is forgotten");
    assert_eq!((proxy.faults().of(Fault::Swallowed), proxy.faults().total()), (1, 1));
}

#[tokio::test]
async fn one_way_may_swallow_while_the_other_does_not() {
    let proxy = echo(Weather { down: Way { swallow: true, ..Way::default() }, ..Weather::default() }).await;
    let mut stream = connect(&proxy).await;
    stream.write_all(b"heard, and never answered").await.unwrap();
    let mut byte = [0];
    assert!(timeout(NEVER, stream.read(&mut byte)).await.is_err());
    assert!(proxy.carried().last.is_some(), "the server has it");
}

#[tokio::test]
async fn a_reset_ends_whoever_is_there_and_nobody_else() {
    let proxy = echo(Weather::default()).await;
    let mut stream = connect(&proxy).await;
    said(&mut stream, b"hello", 5).await;
    proxy.reset();
    assert_eq!(ended(&mut stream).await, Err(ErrorKind::ConnectionReset));
    said(&mut connect(&proxy).await, b"hello", 5).await;
    assert_eq!((proxy.faults().of(Fault::Reset), proxy.faults().total()), (1, 1));
}

#[tokio::test]
async fn a_cut_falls_into_the_middle() {
    for (way, heard) in [(Direction::Up, 3), (Direction::Down, 3)] {
        let proxy = echo(Weather::default()).await;
        let mut stream = connect(&proxy).await;
        said(&mut stream, b"hello", 5).await;
        proxy.cut(way, 5 + heard);
        assert_eq!(said(&mut stream, b"hello", 5).await, b"hello", "not yet");
        stream.write_all(b"hello").await.unwrap();
        assert_eq!(ended(&mut stream).await, Err(ErrorKind::ConnectionReset));
        assert_eq!((proxy.faults().of(Fault::Cut), proxy.faults().total()), (1, 1));
        // It was for those who were there.
        said(&mut connect(&proxy).await, b"hello, hello", 12).await;
    }
}

#[tokio::test]
async fn whoever_comes_to_a_closed_door_is_reset() {
    let proxy = echo(Weather { door: Door::Refuses, ..Weather::default() }).await;
    let mut stream = connect(&proxy).await;
    assert_eq!(ended(&mut stream).await, Err(ErrorKind::ConnectionReset));
    assert_eq!(proxy.faults().of(Fault::Refused), 1);
    proxy.heal();
    said(&mut connect(&proxy).await, b"hello", 5).await;
}

#[tokio::test]
async fn sockets_are_blocked_and_requests_are_not() {
    const ASK: &[u8] = b"GET / HTTP/1.1\r\nHost: x\r\nconnection: Upgrade\r\nUpgrade: WebSocket\r\n\r\n";
    let proxy = echo(Weather { door: Door::ForbidsSockets, ..Weather::default() }).await;
    let mut stream = connect(&proxy).await;
    said(&mut stream, b"GET / HTTP/1.1\r\n\r\n", 18).await;
    stream.write_all(ASK).await.unwrap();
    assert!(ended(&mut stream).await.unwrap().starts_with(b"HTTP/1.1 403 "));
    // It stays so.
    proxy.heal();
    proxy.change(|weather| weather.door = Door::DropsSockets);
    proxy.heal();
    let mut stream = connect(&proxy).await;
    stream.write_all(ASK).await.unwrap();
    assert_eq!(ended(&mut stream).await, Ok(vec![]));
    proxy.change(|weather| weather.door = Door::Open);
    said(&mut connect(&proxy).await, ASK, ASK.len()).await;
    assert_eq!((proxy.faults().of(Fault::Blocked), proxy.faults().total()), (2, 2));
    assert_eq!(proxy.faults().to_string(), "2 blocked");
}
