import com.webauthn4j.data.AttestationConveyancePreference;
import com.webauthn4j.data.AuthenticatorAssertionResponse;
import com.webauthn4j.data.AuthenticatorAttestationResponse;
import com.webauthn4j.data.AuthenticatorSelectionCriteria;
import com.webauthn4j.data.PublicKeyCredential;
import com.webauthn4j.data.PublicKeyCredentialCreationOptions;
import com.webauthn4j.data.PublicKeyCredentialDescriptor;
import com.webauthn4j.data.PublicKeyCredentialParameters;
import com.webauthn4j.data.PublicKeyCredentialRequestOptions;
import com.webauthn4j.data.PublicKeyCredentialRpEntity;
import com.webauthn4j.data.PublicKeyCredentialType;
import com.webauthn4j.data.PublicKeyCredentialUserEntity;
import com.webauthn4j.data.ResidentKeyRequirement;
import com.webauthn4j.data.UserVerificationRequirement;
import com.webauthn4j.data.attestation.statement.COSEAlgorithmIdentifier;
import com.webauthn4j.data.client.Origin;
import com.webauthn4j.data.client.challenge.DefaultChallenge;
import com.webauthn4j.test.authenticator.AuthenticatorAdaptor;
import com.webauthn4j.test.authenticator.u2f.FIDOU2FAuthenticator;
import com.webauthn4j.test.authenticator.u2f.FIDOU2FAuthenticatorAdaptor;
import com.webauthn4j.test.authenticator.webauthn.AndroidKeyAuthenticator;
import com.webauthn4j.test.authenticator.webauthn.NoneAttestationAuthenticator;
import com.webauthn4j.test.authenticator.webauthn.PackedAuthenticator;
import com.webauthn4j.test.authenticator.webauthn.TPMAuthenticator;
import com.webauthn4j.test.authenticator.webauthn.WebAuthnAuthenticatorAdaptor;
import com.webauthn4j.test.client.ClientPlatform;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/**
 * A browser and an authenticator as webauthn4j emulates them.
 *
 * Belongs here: one registration, and assertions with it.
 * Not here: what they approve (maven.test.mjs).
 */
final class Passkey {
    private static final Map<String, Supplier<AuthenticatorAdaptor>> AUTHENTICATORS = Map.of(
        "none", () -> new WebAuthnAuthenticatorAdaptor(new NoneAttestationAuthenticator()),
        "packed", () -> new WebAuthnAuthenticatorAdaptor(new PackedAuthenticator()),
        "tpm", () -> new WebAuthnAuthenticatorAdaptor(new TPMAuthenticator()),
        "android-key", () -> new WebAuthnAuthenticatorAdaptor(new AndroidKeyAuthenticator()),
        "fido-u2f", () -> new FIDOU2FAuthenticatorAdaptor(new FIDOU2FAuthenticator()));

    private static ClientPlatform browser;
    private static String rp;
    private static byte[] credential;

    /** navigator.credentials.create() with the app's options. Reads authenticator, origin, rp, challenge. */
    static Object create(JsonNode ask) {
        rp = ask.get("rp").asString();
        browser = new ClientPlatform(new Origin(ask.get("origin").asString()), AUTHENTICATORS.get(ask.get("authenticator").asString()).get());
        PublicKeyCredential<AuthenticatorAttestationResponse, ?> made = browser.create(new PublicKeyCredentialCreationOptions(
            new PublicKeyCredentialRpEntity(rp, "Ingam"),
            new PublicKeyCredentialUserEntity(new byte[16], "member", "member"),
            new DefaultChallenge(Interop.bytes(ask, "challenge")),
            List.of(new PublicKeyCredentialParameters(PublicKeyCredentialType.PUBLIC_KEY, COSEAlgorithmIdentifier.ES256)),
            null, List.of(),
            new AuthenticatorSelectionCriteria(null, true, ResidentKeyRequirement.REQUIRED, UserVerificationRequirement.REQUIRED),
            AttestationConveyancePreference.DIRECT, null));
        credential = made.getRawId();
        return Map.of(
            "client_data", Interop.text(made.getResponse().getClientDataJSON()),
            "attestation", Interop.text(made.getResponse().getAttestationObject()));
    }

    /** navigator.credentials.get(). Reads challenge. */
    static Object get(JsonNode ask) {
        PublicKeyCredential<AuthenticatorAssertionResponse, ?> got = browser.get(new PublicKeyCredentialRequestOptions(
            new DefaultChallenge(Interop.bytes(ask, "challenge")), null, rp,
            List.of(new PublicKeyCredentialDescriptor(PublicKeyCredentialType.PUBLIC_KEY, credential, null)),
            UserVerificationRequirement.REQUIRED, null));
        return Map.of(
            "credential_id", Interop.text(got.getRawId()),
            "client_data", Interop.text(got.getResponse().getClientDataJSON()),
            "authenticator_data", Interop.text(got.getResponse().getAuthenticatorData()),
            "signature", Interop.text(got.getResponse().getSignature()));
    }
}
