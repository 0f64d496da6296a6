// What a time-stamp authority is asked (RFC 3161 section 2.4.1).
#include <openssl/ts.h>

#include "certs/openssl_der.h"
#include "certs/openssl_error.h"
#include "certs/openssl_ptr.h"
#include "node/base/error.h"
#include "node/timestamp/ts_token.h"

namespace tamga::timestamp {
namespace {

using AlgorithmPtr = std::unique_ptr<X509_ALGOR, certs::OpenSslDeleter<X509_ALGOR_free>>;
using ImprintPtr = std::unique_ptr<TS_MSG_IMPRINT, certs::OpenSslDeleter<TS_MSG_IMPRINT_free>>;
using IntegerPtr = std::unique_ptr<ASN1_INTEGER, certs::OpenSslDeleter<ASN1_INTEGER_free>>;
using ObjectPtr = std::unique_ptr<ASN1_OBJECT, certs::OpenSslDeleter<ASN1_OBJECT_free>>;
using RequestPtr = std::unique_ptr<TS_REQ, certs::OpenSslDeleter<TS_REQ_free>>;

const unsigned char* BytesOf(const std::string& text) { return reinterpret_cast<const unsigned char*>(text.data()); }

bool SetImprint(TS_REQ* request, const std::string& sha256) {
  const AlgorithmPtr algorithm(X509_ALGOR_new());
  const ImprintPtr imprint(TS_MSG_IMPRINT_new());
  std::string bytes = sha256;  // OpenSSL takes it as mutable, but only copies it
  return algorithm != nullptr && imprint != nullptr &&
         X509_ALGOR_set0(algorithm.get(), OBJ_nid2obj(NID_sha256), V_ASN1_NULL, nullptr) == 1 &&
         TS_MSG_IMPRINT_set_algo(imprint.get(), algorithm.get()) == 1 &&
         TS_MSG_IMPRINT_set_msg(imprint.get(), reinterpret_cast<unsigned char*>(bytes.data()),
                                static_cast<int>(bytes.size())) == 1 &&
         TS_REQ_set_msg_imprint(request, imprint.get()) == 1;
}

bool SetNonce(TS_REQ* request, const std::string& nonce) {
  const certs::BignumPtr number(BN_bin2bn(BytesOf(nonce), static_cast<int>(nonce.size()), nullptr));
  const IntegerPtr integer(number == nullptr ? nullptr : BN_to_ASN1_INTEGER(number.get(), nullptr));
  return integer != nullptr && TS_REQ_set_nonce(request, integer.get()) == 1;
}

}  // namespace

absl::StatusOr<std::string> FormatTsRequest(const TsRequest& request) {
  const RequestPtr made(TS_REQ_new());
  bool is_made = made != nullptr && TS_REQ_set_version(made.get(), 1) == 1 && SetImprint(made.get(), request.sha256) &&
                 SetNonce(made.get(), request.nonce) && TS_REQ_set_cert_req(made.get(), 1) == 1;
  if (is_made && !request.policy_oid.empty()) {
    const ObjectPtr policy(OBJ_txt2obj(request.policy_oid.c_str(), /*no_name=*/1));
    if (policy == nullptr) {
      certs::DrainOpenSslErrors();
      return InvalidField("policy_oid", "must be an object identifier, such as 1.3.6.1.4.1.99999.1");
    }
    is_made = TS_REQ_set_policy_id(made.get(), policy.get()) == 1;
  }
  if (!is_made) return certs::OpenSslError("cannot make a request for a time-stamp");
  return certs::ToDer<i2d_TS_REQ>(made.get());
}

}  // namespace tamga::timestamp
