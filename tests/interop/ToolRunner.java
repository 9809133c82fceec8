import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.security.Permission;
import java.security.Policy;
import java.security.ProtectionDomain;
import java.util.Arrays;
import java.util.Base64;

/**
 * Runs many command-line tools in one JVM, whose start costs more than they do. A line of standard input is a class and
 * its arguments, each in Base64; the answer is a line of the exit code, standard output and standard error. What a tool
 * does after its first exit does not count: it would not have happened.
 */
public final class ToolRunner {
    /** A stream that leads to where `target` is now: Scala keeps the one that it saw first. */
    private static final class Switch extends OutputStream {
        volatile OutputStream target = OutputStream.nullOutputStream();

        @Override
        public void write(int b) throws java.io.IOException {
            target.write(b);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws java.io.IOException {
            target.write(bytes, offset, length);
        }
    }

    private static final Switch OUT = new Switch();
    private static final Switch ERR = new Switch();
    private static volatile Integer exitCode;
    private static volatile boolean runs;

    @SuppressWarnings("removal")
    private static void guard() {
        Policy.setPolicy(new Policy() {
            @Override
            public boolean implies(ProtectionDomain domain, Permission permission) {
                return true;
            }
        });
        System.setSecurityManager(new SecurityManager() {
            @Override
            public void checkPermission(Permission permission) {
            }

            @Override
            public void checkExit(int code) {
                if (!runs) return;
                if (exitCode == null) {
                    exitCode = code;
                    OUT.target = OutputStream.nullOutputStream();
                    ERR.target = OutputStream.nullOutputStream();
                }
                throw new SecurityException("exit");
            }
        });
    }

    private static String encode(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static String run(String[] words) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        exitCode = null;
        OUT.target = out;
        ERR.target = err;
        runs = true;
        try {
            Class.forName(words[0]).getMethod("main", String[].class)
                .invoke(null, (Object) Arrays.copyOfRange(words, 1, words.length));
        } catch (Throwable thrown) {
            if (exitCode == null) {
                exitCode = 1;
                thrown.printStackTrace(System.err);
            }
        }
        System.out.flush();
        System.err.flush();
        runs = false;
        return (exitCode == null ? 0 : exitCode) + " " + encode(out.toByteArray()) + " " + encode(err.toByteArray());
    }

    public static void main(String[] arguments) throws Exception {
        PrintStream answers = System.out;
        System.setOut(new PrintStream(OUT, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(ERR, true, StandardCharsets.UTF_8));
        guard();
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String[] words = Arrays.stream(line.split(" ", -1))
                .map(word -> new String(Base64.getDecoder().decode(word), StandardCharsets.UTF_8)).toArray(String[]::new);
            answers.println(run(words));
            answers.flush();
        }
    }
}
