// An agency's seal: its signature over the header of a message (proto/tamga/v1/sealed_message.proto).
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "certs/certificate.h"
#include "certs/purposes.h"
#include "certs/signer.h"
#include "tamga/v1/sealed_message.pb.h"

namespace tamga::certs {

// Most signatures of one message.
inline constexpr size_t kMostSignatures = 8;

// Pre-authentication encoding of DSSE 1.0.2: the bytes that are signed. Different (type, body) give different bytes.
std::string PreAuthEncode(absl::string_view type, absl::string_view body);

// Thread-safe but for AlsoSignBy.
class Seal {
 public:
  // `chain` is the seal's certificate, then its issuers without the root. InvalidArgument unless the first certificate
  // is for the signer's key, and the algorithm kEcdsaP256Sha256, which every node speaks.
  static absl::StatusOr<Seal> Create(std::unique_ptr<Signer> signer, CertificateChain chain);

  // From now on SignAll adds this signer's signature, without certificates. For before the seal is shared.
  // InvalidArgument if there is a signature of its algorithm already, or as many as a message may have.
  absl::Status AlsoSignBy(std::shared_ptr<const Signer> signer);

  // The first signature over the header's bytes as they will be sent; `type` is one of purposes.h. Unavailable as
  // Signer::Sign.
  absl::StatusOr<v1::Signature> Sign(absl::string_view type, absl::string_view header) const;
  // All signatures: that one, then those of AlsoSignBy in their order. If one cannot be made, none is given, with the
  // error of its signer.
  absl::StatusOr<std::vector<v1::Signature>> SignAll(absl::string_view type, absl::string_view header) const;

  // A certificate request for the first signature's key, see Signer::MakeCsr.
  absl::StatusOr<std::string> MakeCsr(const Principal& principal) const { return signer_->MakeCsr(principal); }

  // The seal's certificate, then its issuers.
  const CertificateChain& chain() const { return chain_; }
  // Ids of the keys of AlsoSignBy, by algorithm.
  std::map<std::string, std::string> OtherKeyIds() const;
  // Who has the key of the first signature where it is not in this process's memory; null otherwise. Lives as long as
  // this.
  const KeyHelper* helper() const { return signer_->helper(); }

 private:
  Seal(std::unique_ptr<Signer> signer, CertificateChain chain);

  std::unique_ptr<Signer> signer_;
  CertificateChain chain_;
  std::vector<std::shared_ptr<const Signer>> others_;
};

}  // namespace tamga::certs
