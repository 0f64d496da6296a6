// An agency's seal: its signature over the header of a message (proto/tamga/v1/sealed_message.proto).
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "certs/certificate.h"
#include "certs/signer.h"
#include "tamga/v1/sealed_message.pb.h"

namespace tamga::certs {

// What is sealed. The type is under the signature, so a request cannot pass for a reply.
inline constexpr char kRequestType[] = "application/vnd.tamga.request.v1";
inline constexpr char kReplyType[] = "application/vnd.tamga.reply.v1";

// Pre-authentication encoding of DSSE 1.0.2: the bytes that are signed. Different (type, body) give different bytes.
std::string PreAuthEncode(absl::string_view type, absl::string_view body);

// Thread-safe.
class Seal {
 public:
  // `chain` is the seal's certificate, then its issuers without the root. InvalidArgument unless the first certificate
  // is for the signer's key.
  static absl::StatusOr<Seal> Create(std::unique_ptr<Signer> signer, CertificateChain chain);

  // The signature over the header's bytes as they will be sent; `type` is kRequestType or kReplyType. Unavailable as
  // Signer::Sign.
  absl::StatusOr<v1::Signature> Sign(absl::string_view type, absl::string_view header) const;

  // The seal's certificate, then its issuers.
  const CertificateChain& chain() const { return chain_; }

 private:
  Seal(std::unique_ptr<Signer> signer, CertificateChain chain);

  std::unique_ptr<Signer> signer_;
  CertificateChain chain_;
};

}  // namespace tamga::certs
