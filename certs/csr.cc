#include "certs/csr.h"

#include <openssl/x509v3.h>

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "certs/algorithms.h"
#include "certs/der.h"
#include "certs/openssl_der.h"
#include "certs/openssl_error.h"
#include "certs/p256.h"
#include "node/base/encoding.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"

namespace tamga::certs {
namespace {

using X509ReqPtr = std::unique_ptr<X509_REQ, OpenSslDeleter<X509_REQ_free>>;

void FreeExtensions(STACK_OF(X509_EXTENSION) * extensions) {
  sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
}
using ExtensionsPtr = std::unique_ptr<STACK_OF(X509_EXTENSION), OpenSslDeleter<FreeExtensions>>;

absl::Status RefusedCsr(absl::string_view reason, absl::string_view what) {
  return Error(absl::StatusCode::kInvalidArgument, reason, absl::StrCat("certificate request: ", what));
}
absl::Status Malformed(absl::string_view what) { return RefusedCsr("CSR_MALFORMED", what); }
absl::Status BadIdentity(absl::string_view what) { return RefusedCsr("CSR_BAD_IDENTITY", what); }

absl::Status CheckFormOf(X509_REQ* request) {
  if (X509_REQ_get_version(request) != X509_REQ_VERSION_1) return Malformed("the version must be 1");
  const X509_ALGOR* algorithm = nullptr;
  X509_REQ_get0_signature(request, nullptr, &algorithm);
  if (SignatureAlgorithmOf(algorithm) != SignatureAlgorithm::kEcdsaSha256) {
    return RefusedCsr("CSR_BAD_SIGNATURE", "it must be signed by ECDSA with SHA-256");
  }
  return absl::OkStatus();
}

absl::StatusOr<EvpPkeyPtr> KeyOf(X509_REQ* request) {
  const std::string spki = ToDer<i2d_X509_PUBKEY>(X509_REQ_get_X509_PUBKEY(request));
  if (!P256PublicKey::FromSpki(spki).ok()) {
    return RefusedCsr("CSR_BAD_KEY", "the key must be of P-256, a named curve with an uncompressed point");
  }
  EvpPkeyPtr key = FromDer<EvpPkeyPtr, d2i_PUBKEY>(spki);
  if (key == nullptr) return RefusedCsr("CSR_BAD_KEY", "the key cannot be read");
  if (X509_REQ_verify(request, key.get()) != 1) {
    return RefusedCsr("CSR_BAD_SIGNATURE", "its signature is not that of the key that it asks for");
  }
  return key;
}

// The one extension of the one attribute that there may be.
absl::StatusOr<ExtensionsPtr> RequestedExtension(X509_REQ* request) {
  if (X509_REQ_get_attr_count(request) != 1) return BadIdentity("there must be one attribute, extensionRequest");
  X509_ATTRIBUTE* attribute = X509_REQ_get_attr(request, 0);
  const bool is_extensions =
      OBJ_obj2nid(X509_ATTRIBUTE_get0_object(attribute)) == NID_ext_req && X509_ATTRIBUTE_count(attribute) == 1;
  if (!is_extensions) return BadIdentity("there must be one attribute, extensionRequest");
  ExtensionsPtr extensions(X509_REQ_get_extensions(request));
  if (extensions == nullptr || sk_X509_EXTENSION_num(extensions.get()) != 1) {
    return BadIdentity("there must be one extension, subjectAltName");
  }
  return extensions;
}

absl::StatusOr<Principal> PrincipalIn(X509_REQ* request) {
  ASSIGN_OR_RETURN(const ExtensionsPtr extensions, RequestedExtension(request));
  X509_EXTENSION* extension = sk_X509_EXTENSION_value(extensions.get(), 0);
  if (OBJ_obj2nid(X509_EXTENSION_get_object(extension)) != NID_subject_alt_name) {
    return BadIdentity("there must be one extension, subjectAltName");
  }
  if (!IsDer(TextOf(X509_EXTENSION_get_data(extension)))) return Malformed("subjectAltName is not in DER");
  const GeneralNamesPtr names(static_cast<GENERAL_NAMES*>(X509V3_EXT_d2i(extension)));
  if (names == nullptr || sk_GENERAL_NAME_num(names.get()) != 1) return BadIdentity("there must be one name");
  const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), 0);
  if (name->type != GEN_URI) return BadIdentity("the name must be a URI");
  absl::StatusOr<Principal> principal = ParseSpiffeId(TextOf(name->d.uniformResourceIdentifier));
  if (!principal.ok()) return BadIdentity(principal.status().message());
  return principal;
}

absl::StatusOr<std::pair<Principal, EvpPkeyPtr>> Read(absl::string_view der) {
  const X509ReqPtr request = FromDer<X509ReqPtr, d2i_X509_REQ>(der);
  if (request == nullptr || !IsDer(der)) return Malformed("it is not one request in DER");
  RETURN_IF_ERROR(CheckFormOf(request.get()));
  ASSIGN_OR_RETURN(EvpPkeyPtr key, KeyOf(request.get()));
  ASSIGN_OR_RETURN(Principal principal, PrincipalIn(request.get()));
  return std::pair(std::move(principal), std::move(key));
}

// All but the signature, and the algorithm that it will have.
absl::StatusOr<X509ReqPtr> UnsignedRequest(const Principal& principal, EVP_PKEY& key) {
  X509ReqPtr request(X509_REQ_new());
  const ExtensionsPtr extensions(sk_X509_EXTENSION_new_null());
  if (request == nullptr || extensions == nullptr) return OpenSslError("cannot make a certificate request");
  const std::string name = absl::StrCat("URI:", principal.SpiffeId());
  X509ExtensionPtr names(X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, name.c_str()));
  if (names == nullptr || sk_X509_EXTENSION_push(extensions.get(), names.get()) == 0) {
    return OpenSslError("cannot make a certificate request");
  }
  static_cast<void>(names.release());  // the stack frees it
  const bool made = X509_REQ_set_version(request.get(), X509_REQ_VERSION_1) == 1 &&
                    X509_REQ_set_pubkey(request.get(), &key) == 1 &&
                    X509_REQ_add_extensions(request.get(), extensions.get()) == 1;
  if (!made) return OpenSslError("cannot make a certificate request");
  return request;
}

bool SetEcdsaSha256(X509_REQ* request) {
  const std::unique_ptr<X509_ALGOR, OpenSslDeleter<X509_ALGOR_free>> algorithm(X509_ALGOR_new());
  return algorithm != nullptr &&
         X509_ALGOR_set0(algorithm.get(), OBJ_nid2obj(NID_ecdsa_with_SHA256), V_ASN1_UNDEF, nullptr) == 1 &&
         X509_REQ_set1_signature_algo(request, algorithm.get()) == 1;
}

// CertificationRequestInfo (RFC 2986 section 4.1) in DER: what is signed.
std::string SignedPartOf(X509_REQ* request) {
  unsigned char* bytes = nullptr;
  const int size = i2d_re_X509_REQ_tbs(request, &bytes);
  if (size <= 0) return "";
  std::string der(reinterpret_cast<const char*>(bytes), static_cast<size_t>(size));
  OPENSSL_free(bytes);
  return der;
}

bool SetSignature(X509_REQ* request, absl::string_view signature) {
  ASN1_BIT_STRING* bits = ASN1_BIT_STRING_new();
  if (bits == nullptr) return false;
  X509_REQ_set0_signature(request, bits);  // which frees it
  // Whole octets: without this OpenSSL leaves out zero bits at the end.
  bits->flags = (bits->flags & ~(ASN1_STRING_FLAG_BITS_LEFT | 0x07)) | ASN1_STRING_FLAG_BITS_LEFT;
  return ASN1_BIT_STRING_set(bits, reinterpret_cast<unsigned char*>(const_cast<char*>(signature.data())),
                             static_cast<int>(signature.size())) == 1;
}

}  // namespace

Csr::Csr(Principal principal, EvpPkeyPtr key)
    : principal_(std::move(principal)), key_(std::move(key)), key_sha256_(Sha256(SpkiOf(*key_))) {}

absl::StatusOr<Csr> Csr::FromDer(absl::string_view der) {
  if (der.size() > kMaxDerBytes) return Malformed("it is larger than 4 KiB");
  absl::StatusOr<std::pair<Principal, EvpPkeyPtr>> read = Read(der);
  DrainOpenSslErrors();
  if (!read.ok()) return read.status();
  return Csr(std::move(read->first), std::move(read->second));
}

absl::StatusOr<std::string> MakeCsr(const Principal& principal, EVP_PKEY& key) {
  ASSIGN_OR_RETURN(const X509ReqPtr request, UnsignedRequest(principal, key));
  if (X509_REQ_sign(request.get(), &key, EVP_sha256()) == 0) return OpenSslError("cannot sign a certificate request");
  return ToDer<i2d_X509_REQ>(request.get());
}

absl::StatusOr<std::string> MakeCsr(const Principal& principal, absl::string_view spki, const SignBytes& sign) {
  const EvpPkeyPtr key = FromDer<EvpPkeyPtr, d2i_PUBKEY>(spki);
  if (key == nullptr) return OpenSslError("cannot read the public key");
  ASSIGN_OR_RETURN(const X509ReqPtr request, UnsignedRequest(principal, *key));
  if (!SetEcdsaSha256(request.get())) return OpenSslError("cannot make a certificate request");
  ASSIGN_OR_RETURN(const std::string signature, sign(SignedPartOf(request.get())));
  if (!SetSignature(request.get(), signature)) return OpenSslError("cannot make a certificate request");
  std::string der = ToDer<i2d_X509_REQ>(request.get());
  const absl::Status read = Csr::FromDer(der).status();
  if (read.ok()) return der;
  return absl::FailedPreconditionError(absl::StrCat("the key does not fit its public key: ", read.message()));
}

}  // namespace tamga::certs
