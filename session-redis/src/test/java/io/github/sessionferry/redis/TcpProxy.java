package io.github.sessionferry.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Passes bytes on between clients and a server, and loses answers when it is told to. Thread-safe. */
final class TcpProxy implements AutoCloseable {

    private final ServerSocket door;
    private final int target;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicInteger answersToLose = new AtomicInteger();
    private final AtomicInteger lost = new AtomicInteger();
    private volatile String marker = "";

    TcpProxy(ServerSocket door, int target) {
        this.door = door;
        this.target = target;
        run(this::accept);
    }

    static TcpProxy to(int target) throws IOException {
        return new TcpProxy(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), target);
    }

    int port() {
        return door.getLocalPort();
    }

    /**
     * Cuts the connection instead of passing on the answer to the next requests that hold a text.
     *
     * @param count how many answers
     * @param text what the request holds
     */
    void loseAnswers(int count, String text) {
        marker = text;
        answersToLose.set(count);
    }

    /** How many answers were lost. */
    int lost() {
        return lost.get();
    }

    private void accept() throws IOException {
        while (true) {
            Socket client = door.accept();
            Socket server;
            try {
                server = new Socket(InetAddress.getLoopbackAddress(), target);
            } catch (IOException e) {
                client.close();
                continue;
            }
            sockets.add(client);
            sockets.add(server);
            Pair pair = new Pair(client, server);
            run(pair::requests);
            run(pair::answers);
        }
    }

    /** One connection through the proxy. */
    private final class Pair {

        private final Socket client;
        private final Socket server;
        private volatile boolean doomed;

        Pair(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        void requests() throws IOException {
            try (client;
                    server) {
                byte[] buffer = new byte[1 << 20];
                InputStream in = client.getInputStream();
                OutputStream out = server.getOutputStream();
                for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                    if (answersToLose.get() > 0 && new String(buffer, 0, read, ISO_8859_1).contains(marker)) {
                        answersToLose.decrementAndGet();
                        doomed = true;
                    }
                    out.write(buffer, 0, read);
                    out.flush();
                }
            }
        }

        void answers() throws IOException {
            try (client;
                    server) {
                byte[] buffer = new byte[1 << 20];
                InputStream in = server.getInputStream();
                OutputStream out = client.getOutputStream();
                for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                    if (doomed) {
                        lost.incrementAndGet();
                        return;
                    }
                    out.write(buffer, 0, read);
                    out.flush();
                }
            }
        }
    }

    private interface Loop {
        void run() throws IOException;
    }

    private static void run(Loop loop) {
        Thread thread = new Thread(() -> {
            try {
                loop.run();
            } catch (IOException e) {
                // A side has closed its connection.
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        door.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
