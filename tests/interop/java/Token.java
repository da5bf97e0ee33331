import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.AuthProvider;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.Security;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.KeyStoreBuilderParameters;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.PasswordCallback;
import org.bouncycastle.cert.jcajce.JcaCertStore;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.CMSSignedDataGenerator;
import org.bouncycastle.cms.jcajce.JcaSignerInfoGeneratorBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import tools.jackson.databind.JsonNode;

/**
 * The token through the JDK's SunPKCS11, checked by BouncyCastle.
 *
 * Belongs here: key store, signatures, CMS, TLS with the token's key.
 * Not here: the member's passkey (Passkey.java).
 */
final class Token {
    private static final Provider BC = new BouncyCastleProvider();
    private static AuthProvider provider;
    private static KeyStore store;
    private static String alias;

    private record Way(String name, PSSParameterSpec pss) {}

    private static PSSParameterSpec pss(String hash, int salt) {
        return new PSSParameterSpec(hash, "MGF1", new MGF1ParameterSpec(hash), salt, 1);
    }

    private static final Map<String, List<Way>> WAYS = Map.of(
        "RSA", List.of(
            new Way("SHA256withRSA", null),
            new Way("SHA512withRSA", null),
            new Way("RSASSA-PSS", pss("SHA-256", 32)),
            new Way("RSASSA-PSS", pss("SHA-512", 64))),
        "EC", List.of(
            new Way("SHA256withECDSA", null),
            new Way("SHA384withECDSA", null)));

    /** Loads the module. Reads module. */
    static Object open(JsonNode ask) {
        provider = (AuthProvider) Security.getProvider("SunPKCS11")
            .configure("--name=Ingam\nlibrary=" + ask.get("module").asString() + "\n");
        Security.addProvider(provider);
        return Map.of("name", provider.getName());
    }

    /** Logs in, wants the PIN when the JDK does, and lists the key store. */
    static Object login(JsonNode ask) throws Exception {
        provider.login(null, callbacks -> {
            for (Callback c : callbacks) {
                Interop.say(Map.of("wants", "pin"));
                ((PasswordCallback) c).setPassword(Interop.read().get("pin").asString().toCharArray());
            }
        });
        store = KeyStore.getInstance("PKCS11", provider);
        store.load(null, null);
        List<String> keys = new ArrayList<>();
        for (String name : Collections.list(store.aliases()))
            if (store.isKeyEntry(name))
                keys.add(name);
        alias = keys.isEmpty() ? null : keys.get(0);
        return Map.of("keys", keys);
    }

    /** Logs out, and says what the key that it had does then. */
    static Object logout(JsonNode ask) throws Exception {
        PrivateKey key = key();
        provider.logout();
        try {
            signed(WAYS.get(key.getAlgorithm()).get(0), key, new byte[0]);
        } catch (Exception e) {
            return Map.of("then", e.getClass().getSimpleName());
        }
        return Map.of("then", "it signs");
    }

    private static PrivateKey key() throws Exception {
        return (PrivateKey) store.getKey(alias, null);
    }

    private static X509Certificate certificate() throws Exception {
        return (X509Certificate) store.getCertificate(alias);
    }

    private static byte[] signed(Way way, PrivateKey key, byte[] message) throws Exception {
        Signature signer = Signature.getInstance(way.name(), provider);
        if (way.pss() != null)
            signer.setParameter(way.pss());
        signer.initSign(key);
        signer.update(message);
        return signer.sign();
    }

    private static boolean holds(Way way, byte[] message, byte[] signature) throws Exception {
        Signature checker = Signature.getInstance(way.name(), BC);
        if (way.pss() != null)
            checker.setParameter(way.pss());
        checker.initVerify(certificate().getPublicKey());
        checker.update(message);
        return checker.verify(signature);
    }

    private static byte[] message(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Signs in every way that the key's kind knows; BouncyCastle checks each with the certificate. */
    static Object sign(JsonNode ask) throws Exception {
        List<String> verified = new ArrayList<>();
        for (Way way : WAYS.get(key().getAlgorithm())) {
            byte[] signature = signed(way, key(), message("signed in Java"));
            if (!holds(way, message("signed in Java"), signature) || holds(way, message("signed in Java!"), signature))
                throw new IllegalStateException(way + " does not hold, or holds for other bytes, too");
            verified.add(way.name() + (way.pss() == null ? "" : " " + way.pss().getDigestAlgorithm()));
        }
        return Map.of("verified", verified, "encoded", String.valueOf(key().getEncoded()));
    }

    /** Signs in so many threads at once; says how many signatures hold. Reads threads. */
    static Object threads(JsonNode ask) throws Exception {
        Way way = WAYS.get(key().getAlgorithm()).get(0);
        PrivateKey key = key();
        List<Callable<Boolean>> all = new ArrayList<>();
        for (int i = 0; i < ask.get("threads").asInt(); i++) {
            byte[] message = message("thread " + i);
            all.add(() -> holds(way, message, signed(way, key, message)));
        }
        ExecutorService pool = Executors.newFixedThreadPool(all.size());
        int hold = 0;
        try {
            for (Future<Boolean> one : pool.invokeAll(all))
                hold += one.get() ? 1 : 0;
        } finally {
            pool.shutdown();
        }
        return Map.of("hold", hold);
    }

    /** A CMS SignedData of BouncyCastle around a message. Reads message and algorithm. */
    static Object cms(JsonNode ask) throws Exception {
        ContentSigner signer = new JcaContentSignerBuilder(ask.get("algorithm").asString()).setProvider(provider).build(key());
        CMSSignedDataGenerator generator = new CMSSignedDataGenerator();
        generator.addSignerInfoGenerator(new JcaSignerInfoGeneratorBuilder(
            new JcaDigestCalculatorProviderBuilder().setProvider(BC).build()).build(signer, certificate()));
        generator.addCertificates(new JcaCertStore(List.of(certificate())));
        byte[] message = Interop.bytes(ask, "message");
        return Map.of("cms", Interop.text(generator.generate(new CMSProcessableByteArray(message), true).getEncoded()));
    }

    /** The server's certificate is not what is tried here. */
    private static final TrustManager ANY = new X509TrustManager() {
        public void checkClientTrusted(X509Certificate[] chain, String type) {}
        public void checkServerTrusted(X509Certificate[] chain, String type) {}
        public X509Certificate[] getAcceptedIssuers() { return new X509Certificate[0]; }
    };

    /** A TLS client whose certificate is the token's. Reads port and tls; gives what the server said. */
    static Object tls(JsonNode ask) throws Exception {
        KeyManagerFactory keys = KeyManagerFactory.getInstance("NewSunX509");
        keys.init(new KeyStoreBuilderParameters(
            KeyStore.Builder.newInstance(store, new KeyStore.PasswordProtection(null))));
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), new TrustManager[] {ANY}, null);
        try (Socket plain = new Socket("127.0.0.1", ask.get("port").asInt());
             SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, "localhost", ask.get("port").asInt(), true)) {
            socket.setSoTimeout(60000);
            socket.setEnabledProtocols(new String[] {ask.get("tls").asString()});
            socket.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            String said = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return Map.of("protocol", socket.getSession().getProtocol(), "said", said);
        }
    }
}
