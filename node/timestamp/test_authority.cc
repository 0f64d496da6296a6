#include "node/timestamp/test_authority.h"

#include <openssl/ess.h>
#include <openssl/ts.h>

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "certs/openssl_der.h"
#include "certs/openssl_error.h"
#include "certs/openssl_ptr.h"
#include "node/base/check.h"
#include "node/timestamp/token_fields.h"
#include "node/timestamp/ts_token.h"

namespace tamga::timestamp {
namespace {

using certs::OpenSslDeleter;
using BioPtr = std::unique_ptr<BIO, OpenSslDeleter<BIO_free_all>>;
using ContextPtr = std::unique_ptr<TS_RESP_CTX, OpenSslDeleter<TS_RESP_CTX_free>>;
using InfoPtr = std::unique_ptr<TS_TST_INFO, OpenSslDeleter<TS_TST_INFO_free>>;
using IntegerPtr = std::unique_ptr<ASN1_INTEGER, OpenSslDeleter<ASN1_INTEGER_free>>;
using ObjectPtr = std::unique_ptr<ASN1_OBJECT, OpenSslDeleter<ASN1_OBJECT_free>>;
using RequestPtr = std::unique_ptr<TS_REQ, OpenSslDeleter<TS_REQ_free>>;
using ResponsePtr = std::unique_ptr<TS_RESP, OpenSslDeleter<TS_RESP_free>>;
using SigningCertPtr = std::unique_ptr<ESS_SIGNING_CERT_V2, OpenSslDeleter<ESS_SIGNING_CERT_V2_free>>;

int SetTime(TS_RESP_CTX* /*context*/, void* data, long* seconds, long* micros) {
  const int64_t since = absl::ToUnixMicros(*static_cast<const absl::Time*>(data));
  *seconds = static_cast<long>(since / 1'000'000);
  *micros = static_cast<long>(since % 1'000'000);
  return 1;
}

BioPtr BioOf(const std::string& bytes) {
  BioPtr bio(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
  TAMGA_CHECK(bio != nullptr);
  return bio;
}

// The request as the liar wants to have been asked.
std::string Twisted(const std::string& request, const TsaManner& manner) {
  const RequestPtr parsed = certs::FromDer<RequestPtr, d2i_TS_REQ>(request);
  TAMGA_CHECK(parsed != nullptr);
  if (!manner.other_sha256.empty()) {
    std::string sha256 = manner.other_sha256;
    TAMGA_CHECK(TS_MSG_IMPRINT_set_msg(TS_REQ_get_msg_imprint(parsed.get()),
                                       reinterpret_cast<unsigned char*>(sha256.data()),
                                       static_cast<int>(sha256.size())) == 1);
  }
  if (!manner.other_nonce.empty()) {
    const certs::BignumPtr number(BN_bin2bn(reinterpret_cast<const unsigned char*>(manner.other_nonce.data()),
                                            static_cast<int>(manner.other_nonce.size()), nullptr));
    const IntegerPtr nonce(BN_to_ASN1_INTEGER(number.get(), nullptr));
    TAMGA_CHECK(TS_REQ_set_nonce(parsed.get(), nonce.get()) == 1);
  }
  if (!manner.without_nonce) return certs::ToDer<i2d_TS_REQ>(parsed.get());
  // OpenSSL takes no nonce away.
  const RequestPtr bare(TS_REQ_new());
  TAMGA_CHECK(bare != nullptr && TS_REQ_set_version(bare.get(), 1) == 1 &&
              TS_REQ_set_msg_imprint(bare.get(), TS_REQ_get_msg_imprint(parsed.get())) == 1 &&
              TS_REQ_set_cert_req(bare.get(), 1) == 1);
  return certs::ToDer<i2d_TS_REQ>(bare.get());
}

// A request for one that has nobody who asks.
std::string RequestFor(const std::string& sha256) {
  const absl::StatusOr<std::string> request = FormatTsRequest({sha256, "\x41", ""});
  TAMGA_CHECK(request.ok());
  return *request;
}

// TSTInfo of a response.
std::string InfoIn(const std::string& response) {
  const ResponsePtr parsed = certs::FromDer<ResponsePtr, d2i_TS_RESP>(response);
  TAMGA_CHECK(parsed != nullptr && TS_RESP_get_tst_info(parsed.get()) != nullptr);
  return certs::ToDer<i2d_TS_TST_INFO>(TS_RESP_get_tst_info(parsed.get()));
}

void NameCertificate(PKCS7_SIGNER_INFO* info, X509* certificate) {
  const SigningCertPtr named(OSSL_ESS_signing_cert_v2_new_init(EVP_sha256(), certificate, nullptr, 0));
  const std::string der = certs::ToDer<i2d_ESS_SIGNING_CERT_V2>(named.get());
  ASN1_STRING* sequence = ASN1_STRING_new();
  TAMGA_CHECK(sequence != nullptr && ASN1_STRING_set(sequence, der.data(), static_cast<int>(der.size())) == 1);
  TAMGA_CHECK(PKCS7_add_signed_attribute(info, NID_id_smime_aa_signingCertificateV2, V_ASN1_SEQUENCE, sequence) == 1);
}

// For a TSTInfo, which is to be written into it.
PKCS7* EmptyContent() {
  PKCS7* content = PKCS7_new();
  content->type = OBJ_nid2obj(NID_id_smime_ct_TSTInfo);
  content->d.other = ASN1_TYPE_new();
  ASN1_TYPE_set(content->d.other, V_ASN1_OCTET_STRING, ASN1_OCTET_STRING_new());
  return content;
}

// An authority that lasts at least as long.
certs::IssueOptions Above(const std::string& name, const certs::IssueOptions& below) {
  certs::IssueOptions options = certs::AuthorityNamed(name);
  options.not_before = below.not_before - absl::Hours(24);
  options.not_after = below.not_after + absl::Hours(24 * 3'650);
  return options;
}

}  // namespace

certs::IssueOptions TsaCertificate(absl::Time now) {
  certs::IssueOptions options;
  options.name = "Time-stamps";
  options.common_name = "TSA 1";
  options.key_usage = "critical,digitalSignature";
  options.purposes = "critical,timeStamping";
  options.not_before = now - absl::Hours(24);
  options.not_after = now + absl::Hours(24 * 365);
  return options;
}

TestTsa::TestTsa(const certs::IssueOptions& certificate)
    : root_(Issue(Above("Time root", certificate), nullptr)),
      issuing_(Issue(Above("Time issuing", certificate), &root_)),
      stamping_(Issue(certificate, &issuing_)) {}

std::string TestTsa::Answer(const std::string& request, absl::Time now, const TsaManner& manner) const {
  const ContextPtr context(TS_RESP_CTX_new());
  const ObjectPtr policy(OBJ_txt2obj(kTestPolicy, /*no_name=*/1));
  const certs::BorrowedStackPtr issuers(sk_X509_new_null());
  TAMGA_CHECK(context != nullptr && policy != nullptr && issuers != nullptr);
  TAMGA_CHECK(sk_X509_push(issuers.get(), issuing_.certificate.native()) > 0);
  absl::Time time = now + manner.clock_error;
  TS_RESP_CTX_set_time_cb(context.get(), SetTime, &time);
  TAMGA_CHECK(TS_RESP_CTX_set_signer_cert(context.get(), stamping_.certificate.native()) == 1 &&
              TS_RESP_CTX_set_signer_key(context.get(), stamping_.key.get()) == 1 &&
              TS_RESP_CTX_set_certs(context.get(), issuers.get()) == 1 &&
              TS_RESP_CTX_set_def_policy(context.get(), policy.get()) == 1 &&
              TS_RESP_CTX_add_md(context.get(), EVP_sha256()) == 1 &&
              TS_RESP_CTX_set_signer_digest(context.get(), manner.digest) == 1 &&
              TS_RESP_CTX_set_ess_cert_id_digest(context.get(), manner.by_sha1_id ? EVP_sha1() : EVP_sha256()) == 1 &&
              TS_RESP_CTX_set_accuracy(context.get(), manner.accuracy_s, 0, 0) == 1 &&
              TS_RESP_CTX_set_clock_precision_digits(context.get(), 3) == 1);
  const std::string asked = Twisted(request, manner);
  const BioPtr bio = BioOf(asked);
  const ResponsePtr response(TS_RESP_create_response(context.get(), bio.get()));
  TAMGA_CHECK(response != nullptr);
  certs::DrainOpenSslErrors();
  const std::string der = certs::ToDer<i2d_TS_RESP>(response.get());
  return manner.signer == nullptr ? der : SignAs(InfoIn(der), *manner.signer);
}

std::string TestTsa::Stamp(const std::string& sha256, absl::Time now, const TsaManner& manner) const {
  const absl::StatusOr<std::string> token = TokenIn(Answer(RequestFor(sha256), now, manner));
  TAMGA_CHECK(token.ok());
  return *token;
}

// As TS_RESP_create_response does, which would refuse to with a certificate that is not for it.
std::string TestTsa::SignAs(const std::string& info, const certs::Issued& signer) const {
  const Pkcs7Ptr token(PKCS7_new());
  TAMGA_CHECK(token != nullptr && PKCS7_set_type(token.get(), NID_pkcs7_signed) == 1);
  TAMGA_CHECK(ASN1_INTEGER_set(token->d.sign->version, 3) == 1);
  for (const certs::Certificate& certificate : {signer.certificate, issuing_.certificate}) {
    TAMGA_CHECK(PKCS7_add_certificate(token.get(), certificate.native()) == 1);
  }
  PKCS7_SIGNER_INFO* signer_info =
      PKCS7_add_signature(token.get(), signer.certificate.native(), signer.key.get(), EVP_sha256());
  TAMGA_CHECK(signer_info != nullptr);
  TAMGA_CHECK(PKCS7_add_signed_attribute(signer_info, NID_pkcs9_contentType, V_ASN1_OBJECT,
                                         OBJ_nid2obj(NID_id_smime_ct_TSTInfo)) == 1);
  NameCertificate(signer_info, signer.certificate.native());
  TAMGA_CHECK(PKCS7_set_content(token.get(), EmptyContent()) == 1);
  const BioPtr content(PKCS7_dataInit(token.get(), nullptr));
  TAMGA_CHECK(content != nullptr &&
              BIO_write(content.get(), info.data(), static_cast<int>(info.size())) == static_cast<int>(info.size()));
  TAMGA_CHECK(PKCS7_dataFinal(token.get(), content.get()) == 1);
  const std::string granted = certs::DerOf(0x30, certs::DerOf(0x02, std::string(1, '\0')));
  return certs::DerOf(0x30, absl::StrCat(granted, certs::ToDer<i2d_PKCS7>(token.get())));
}

std::string RejectedResponse() {
  const std::string status = certs::DerOf(0x02, "\x02");
  const std::string failure = certs::DerOf(0x03, "\x05\x20");  // bit 2 of three
  return certs::DerOf(0x30, certs::DerOf(0x30, absl::StrCat(status, failure)));
}

}  // namespace tamga::timestamp
