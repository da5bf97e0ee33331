import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A foreign peer: it answers each line of JSON with one.
 *
 * Belongs here: which verb does what; lines in and out.
 * Not here: the work (the other files); starting the service and the phone
 * (maven.test.mjs).
 */
final class Interop {
    interface Verb {
        Object answer(JsonNode ask) throws Exception;
    }

    private static final JsonMapper JSON = new JsonMapper();
    private static final BufferedReader IN =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));

    private static final Map<String, Verb> VERBS = Map.of(
        "open", Token::open,
        "login", Token::login,
        "logout", Token::logout,
        "sign", Token::sign,
        "threads", Token::threads,
        "cms", Token::cms,
        "tls", Token::tls,
        "create", Passkey::create,
        "get", Passkey::get);

    static JsonNode read() throws IOException {
        String line = IN.readLine();
        return line == null ? null : JSON.readTree(line);
    }

    static void say(Object answer) {
        System.out.println(JSON.writeValueAsString(answer));
    }

    static byte[] bytes(JsonNode ask, String field) {
        return Base64.getDecoder().decode(ask.get(field).asString());
    }

    static String text(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    /** The sentences of an exception and what caused it: the last is the deepest. */
    private static String why(Throwable e) {
        StringBuilder all = new StringBuilder();
        for (; e != null; e = e.getCause())
            all.append(all.isEmpty() ? "" : ": ").append(e.getClass().getSimpleName()).append(' ').append(e.getMessage());
        return all.toString();
    }

    public static void main(String[] args) throws IOException {
        for (JsonNode ask = read(); ask != null; ask = read()) {
            try {
                say(VERBS.get(ask.get("verb").asString()).answer(ask));
            } catch (Exception e) {
                say(Map.of("error", why(e)));
            }
        }
    }
}
