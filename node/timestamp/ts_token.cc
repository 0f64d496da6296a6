#include "node/timestamp/ts_token.h"

#include <openssl/ess.h>
#include <openssl/ts.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "certs/chain_verifier.h"
#include "certs/openssl_der.h"
#include "certs/openssl_error.h"
#include "certs/refusal.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/timestamp/token_fields.h"

namespace tamga::timestamp {
namespace {

using BioPtr = std::unique_ptr<BIO, certs::OpenSslDeleter<BIO_free_all>>;
using ResponsePtr = std::unique_ptr<TS_RESP, certs::OpenSslDeleter<TS_RESP_free>>;
using SigningCertPtr = std::unique_ptr<ESS_SIGNING_CERT_V2, certs::OpenSslDeleter<ESS_SIGNING_CERT_V2_free>>;

constexpr char kTimeStamping[] = "1.3.6.1.5.5.7.3.8";  // id-kp-timeStamping (RFC 3161 section 2.3)
constexpr long kGranted = 0;
constexpr int kFailureBits = 32;

absl::Status Differs(absl::string_view what) {
  return Error(absl::StatusCode::kInvalidArgument, kTimestampDiffers, what);
}
absl::Status Invalid(absl::string_view what) {
  return Error(absl::StatusCode::kUnauthenticated, kTimestampInvalid,
               absl::StrCat("the time-stamp's signature is not good: ", what));
}
absl::Status Untrusted(absl::string_view code, absl::string_view what) {
  return Error(absl::StatusCode::kUnauthenticated, kTimestampUntrusted,
               absl::StrCat("the certificate of the time-stamp's authority is refused: ", what),
               {{"certificate", std::string(code)}});
}
absl::Status Untrusted(const absl::Status& refusal) {
  return Untrusted(ReasonOf(refusal), std::string(refusal.message()));
}

// The texts that an authority may add are anybody's; its numbers are enough to look up.
absl::Status Refusal(const TS_STATUS_INFO* info, long status) {
  std::string failures;
  const ASN1_BIT_STRING* bits = TS_STATUS_INFO_get0_failure_info(info);
  for (int bit = 0; bits != nullptr && bit < kFailureBits; ++bit) {
    if (ASN1_BIT_STRING_get_bit(bits, bit) == 1) absl::StrAppend(&failures, ", failure ", bit);
  }
  return Error(absl::StatusCode::kFailedPrecondition, kTimestampRefused,
               absl::StrCat("the authority does not grant the time-stamp (PKIStatus ", status, failures,
                            "; RFC 3161 section 2.4.2); ask its operators"));
}

// The one signer's certificate, and the others that came along.
struct Signer {
  PKCS7_SIGNER_INFO* info = nullptr;  // the token's
  X509* x509 = nullptr;               // the token's
  std::vector<certs::Certificate> others;
};

absl::StatusOr<Signer> SignerOf(PKCS7& token) {
  Signer signer;
  STACK_OF(PKCS7_SIGNER_INFO)* infos = PKCS7_get_signer_info(&token);
  if (infos == nullptr || sk_PKCS7_SIGNER_INFO_num(infos) != 1) return Malformed("it must have one signer");
  signer.info = sk_PKCS7_SIGNER_INFO_value(infos, 0);
  const certs::BorrowedStackPtr found(PKCS7_get0_signers(&token, nullptr, 0));
  certs::DrainOpenSslErrors();
  if (found == nullptr || sk_X509_num(found.get()) != 1) return Malformed("its signer's certificate is not with it");
  signer.x509 = sk_X509_value(found.get(), 0);
  const STACK_OF(X509)* all = token.d.sign->cert;
  for (int i = 0; i < sk_X509_num(all); ++i) {
    X509* other = sk_X509_value(all, i);
    if (other == signer.x509) continue;
    // One that cannot be taken cannot be in the path either, and does not spoil it.
    absl::StatusOr<certs::Certificate> parsed = certs::Certificate::FromDer(certs::ToDer<i2d_X509>(other));
    if (parsed.ok()) signer.others.push_back(*std::move(parsed));
  }
  return signer;
}

absl::StatusOr<certs::CertificateChain> PathOf(const Signer& signer, absl::Time time, const TsAuthority& authority) {
  const absl::StatusOr<certs::Certificate> leaf = certs::Certificate::FromDer(certs::ToDer<i2d_X509>(signer.x509));
  if (!leaf.ok()) return Untrusted(leaf.status());
  const int at = X509_get_ext_by_NID(leaf->native(), NID_ext_key_usage, -1);
  if (at < 0 || X509_EXTENSION_get_critical(X509_get_ext(leaf->native(), at)) != 1) {
    return Untrusted(certs::kCertBadPurpose, "its extended key usage must be there and critical");
  }
  certs::ChainRules rules;
  rules.now = time;
  rules.leaf = {{kTimeStamping}, KU_DIGITAL_SIGNATURE, KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION, false};
  rules.is_named = false;
  rules.revocations = authority.revocations.get();
  rules.lists_required = false;
  absl::StatusOr<certs::VerifiedPath> verified = certs::VerifyChain(authority.roots, signer.others, *leaf, rules);
  if (!verified.ok()) return Untrusted(verified.status());
  return std::move(verified->path);
}

bool IsTimeStampInfo(const ASN1_TYPE* content_type) {
  return content_type != nullptr && content_type->type == V_ASN1_OBJECT &&
         OBJ_obj2nid(content_type->value.object) == NID_id_smime_ct_TSTInfo;
}

// That the signature is for this certificate and no other with the same key or name (RFC 5816).
absl::Status CheckSigningCertificate(const PKCS7_SIGNER_INFO& info, const certs::CertificateChain& path) {
  const ASN1_TYPE* attribute = PKCS7_get_signed_attribute(&info, NID_id_smime_aa_signingCertificateV2);
  if (attribute == nullptr || attribute->type != V_ASN1_SEQUENCE) {
    return Invalid("it does not name its certificate (ESSCertIDv2)");
  }
  const SigningCertPtr named =
      certs::FromDer<SigningCertPtr, d2i_ESS_SIGNING_CERT_V2>(certs::TextOf(attribute->value.sequence));
  const certs::BorrowedStackPtr chain(sk_X509_new_null());
  bool is_ready = named != nullptr && chain != nullptr;
  for (const certs::Certificate& certificate : path) {
    is_ready = is_ready && sk_X509_push(chain.get(), certificate.native()) > 0;
  }
  const bool is_named = is_ready && OSSL_ESS_check_signing_certs(nullptr, named.get(), chain.get(), 1) == 1;
  certs::DrainOpenSslErrors();
  return is_named ? absl::OkStatus() : Invalid("it names another certificate than the one that it came with");
}

absl::Status CheckSignature(PKCS7& token, const Signer& signer) {
  const ASN1_OBJECT* digest = nullptr;
  X509_ALGOR_get0(&digest, nullptr, nullptr, signer.info->digest_alg);
  const int nid = OBJ_obj2nid(digest);
  if (nid != NID_sha256 && nid != NID_sha384 && nid != NID_sha512) return Invalid("its digest must be of SHA-2");
  if (!IsTimeStampInfo(PKCS7_get_signed_attribute(signer.info, NID_pkcs9_contentType))) {
    return Invalid("it is not over a time-stamp");
  }
  const BioPtr content(PKCS7_dataInit(&token, nullptr));
  char buffer[4096];
  // The digest is made of what is read.
  while (content != nullptr && BIO_read(content.get(), buffer, sizeof(buffer)) > 0) {
  }
  const bool is_good =
      content != nullptr && PKCS7_signatureVerify(content.get(), &token, signer.info, signer.x509) == 1;
  certs::DrainOpenSslErrors();
  return is_good ? absl::OkStatus() : Invalid("it does not verify");
}

std::string SubjectOf(const certs::Certificate& certificate) {
  const BioPtr text(BIO_new(BIO_s_mem()));
  if (text == nullptr) return "";
  X509_NAME_print_ex(text.get(), X509_get_subject_name(certificate.native()), 0, XN_FLAG_RFC2253);
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(text.get(), &bytes);
  return size <= 0 ? "" : std::string(bytes, static_cast<size_t>(size));
}

}  // namespace

absl::StatusOr<std::string> TokenIn(absl::string_view response) {
  if (response.size() > kMaxResponseBytes) return Malformed("the response is too long");
  const ResponsePtr parsed = certs::FromDer<ResponsePtr, d2i_TS_RESP>(response);
  certs::DrainOpenSslErrors();
  if (parsed == nullptr) return Malformed("the response is no TimeStampResp");
  const TS_STATUS_INFO* info = TS_RESP_get_status_info(parsed.get());
  const long status = ASN1_INTEGER_get(TS_STATUS_INFO_get0_status(info));
  if (status != kGranted) return Refusal(info, status);
  const PKCS7* token = TS_RESP_get_token(parsed.get());
  std::string der = token == nullptr ? "" : certs::ToDer<i2d_PKCS7>(token);
  certs::DrainOpenSslErrors();
  if (der.empty()) return Malformed("the response has no token");
  return der;
}

absl::StatusOr<TimeStamp> VerifyToken(absl::string_view token, absl::string_view sha256, const TsAuthority& authority) {
  ASSIGN_OR_RETURN(const Pkcs7Ptr parsed, ParseToken(token));
  ASSIGN_OR_RETURN(TokenFields fields, FieldsOf(*parsed));
  if (fields.sha256.empty() || fields.sha256 != sha256) return Differs("the time-stamp is of other bytes");
  if (!authority.policy_oid.empty() && fields.policy_oid != authority.policy_oid) {
    return Differs(
        absl::StrCat("the time-stamp was made by the policy ", fields.policy_oid, ", not ", authority.policy_oid));
  }
  ASSIGN_OR_RETURN(const Signer signer, SignerOf(*parsed));
  ASSIGN_OR_RETURN(const certs::CertificateChain path, PathOf(signer, fields.time, authority));
  RETURN_IF_ERROR(CheckSigningCertificate(*signer.info, path));
  RETURN_IF_ERROR(CheckSignature(*parsed, signer));
  return TimeStamp{fields.time, fields.accuracy, std::move(fields.nonce), SubjectOf(path.front())};
}

absl::StatusOr<TimeStamp> ReadToken(absl::string_view token) {
  ASSIGN_OR_RETURN(const Pkcs7Ptr parsed, ParseToken(token));
  ASSIGN_OR_RETURN(TokenFields fields, FieldsOf(*parsed));
  return TimeStamp{fields.time, fields.accuracy, std::move(fields.nonce), ""};
}

absl::StatusOr<GrantedToken> VerifyResponse(absl::string_view response, const TsRequest& request,
                                            const TsAuthority& authority, const TimeBounds& bounds) {
  GrantedToken granted;
  ASSIGN_OR_RETURN(granted.token, TokenIn(response));
  ASSIGN_OR_RETURN(granted.stamp, VerifyToken(granted.token, request.sha256, authority));
  const TimeStamp& stamp = granted.stamp;
  if (stamp.nonce != request.nonce) return Differs("the time-stamp answers another request: its nonce is another");
  if (stamp.time + stamp.accuracy < bounds.earliest || stamp.time - stamp.accuracy > bounds.latest) {
    return Error(absl::StatusCode::kInvalidArgument, kTimestampWrongTime,
                 absl::StrCat("the time-stamp says ", absl::FormatTime(stamp.time, absl::UTCTimeZone()),
                              ", which is not when it was asked for; see whether this node's clock is right"));
  }
  return granted;
}

}  // namespace tamga::timestamp
