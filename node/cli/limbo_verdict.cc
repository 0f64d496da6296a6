#include "node/cli/limbo_verdict.h"

#include <openssl/x509v3.h>

#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "certs/certificate.h"
#include "certs/chain_verifier.h"
#include "certs/crl.h"
#include "certs/profile.h"
#include "certs/refusal.h"
#include "certs/revocations.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"

namespace tamga::cli {
namespace {

using certs::SignatureAlgorithm;

// Whatever the peer may be allowed beside what it needs, it is not to issue.
constexpr uint32_t kIssuing = KU_KEY_CERT_SIGN | KU_CRL_SIGN;
constexpr uint32_t kEveryUsage = KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION | KU_KEY_ENCIPHERMENT |
                                 KU_DATA_ENCIPHERMENT | KU_KEY_AGREEMENT | KU_ENCIPHER_ONLY | KU_DECIPHER_ONLY;
static_assert((kEveryUsage & kIssuing) == 0);

struct Certificates {
  certs::CertificateChain anchors;
  certs::CertificateChain others;
  std::optional<certs::Certificate> leaf;
};

absl::StatusOr<Certificates> ReadCertificates(const LimboCase& limbo_case) {
  Certificates read;
  absl::Status first_fault;
  for (const std::string& pem : limbo_case.trusted_certs) {
    const absl::StatusOr<certs::CertificateChain> anchor = certs::ParsePemChain(pem);
    if (anchor.ok()) read.anchors.insert(read.anchors.end(), anchor->begin(), anchor->end());
    first_fault.Update(anchor.status());
  }
  if (read.anchors.empty()) RETURN_IF_ERROR(first_fault);
  for (const std::string& pem : limbo_case.untrusted_intermediates) {
    ASSIGN_OR_RETURN(const certs::CertificateChain others, certs::ParsePemChain(pem));
    read.others.insert(read.others.end(), others.begin(), others.end());
  }
  ASSIGN_OR_RETURN(const certs::CertificateChain leaf, certs::ParsePemChain(limbo_case.peer_certificate));
  if (leaf.size() != 1) return certs::Refused(certs::kCertMalformed, "there must be one peer certificate");
  read.leaf = leaf.front();
  return read;
}

// Takes a list for every issuer at hand that signed it, unless there is a newer one. One that names issuers at hand,
// none of whom signed it, is refused; one of an issuer that is not at hand is nobody's here.
absl::Status AddList(const certs::Crl& list, const Certificates& certificates, certs::Revocations& revocations) {
  absl::Status fault;
  bool is_taken = false;
  for (const certs::CertificateChain* chain : {&certificates.anchors, &certificates.others}) {
    for (const certs::Certificate& issuer : *chain) {
      if (!list.IsNamedAfter(issuer)) continue;
      const absl::Status added = revocations.Add("", list, issuer);
      is_taken = is_taken || added.ok() || ReasonOf(added) == certs::kRevocationStale;
      fault.Update(added);
    }
  }
  return is_taken ? absl::OkStatus() : fault;
}

absl::StatusOr<certs::Revocations> ReadLists(const LimboCase& limbo_case, const Certificates& certificates) {
  certs::Revocations revocations;
  for (const std::string& pem : limbo_case.crls) {
    ASSIGN_OR_RETURN(const certs::Crl list, certs::Crl::FromPem(pem));
    RETURN_IF_ERROR(AddList(list, certificates, revocations));
  }
  return revocations;
}

struct NamedAlgorithm {
  const char* name;  // letters and digits alone, lower case
  SignatureAlgorithm algorithm;
};

constexpr NamedAlgorithm kAlgorithms[] = {{"ecdsawithsha256", SignatureAlgorithm::kEcdsaSha256},
                                          {"ecdsawithsha384", SignatureAlgorithm::kEcdsaSha384},
                                          {"ecdsawithsha512", SignatureAlgorithm::kEcdsaSha512},
                                          {"rsawithsha256", SignatureAlgorithm::kRsaSha256},
                                          {"rsawithsha384", SignatureAlgorithm::kRsaSha384},
                                          {"rsawithsha512", SignatureAlgorithm::kRsaSha512},
                                          {"ed25519", SignatureAlgorithm::kEd25519}};

// Those named that are in our list too; nothing if names are given and none is.
std::optional<std::vector<SignatureAlgorithm>> AlgorithmsOf(const std::vector<std::string>& names) {
  std::vector<SignatureAlgorithm> algorithms;
  for (const std::string& name : names) {
    std::string plain;
    for (const char c : name) {
      const auto byte = static_cast<unsigned char>(c);
      if (absl::ascii_isalnum(byte)) plain += absl::ascii_tolower(byte);
    }
    for (const NamedAlgorithm& known : kAlgorithms) {
      if (plain == known.name) algorithms.push_back(known.algorithm);
    }
  }
  if (algorithms.empty() && !names.empty()) return std::nullopt;
  return algorithms;
}

}  // namespace

absl::Status JudgeLimboCase(const LimboCase& limbo_case, absl::Time now) {
  ASSIGN_OR_RETURN(const Certificates certificates, ReadCertificates(limbo_case));
  ASSIGN_OR_RETURN(const certs::Revocations revocations, ReadLists(limbo_case, certificates));
  const std::optional<std::vector<SignatureAlgorithm>> algorithms = AlgorithmsOf(limbo_case.signature_algorithms);
  if (!algorithms) return certs::Refused(certs::kCertWeakSignature, "no algorithm that is asked for is allowed here");

  certs::ChainRules rules;
  rules.now = limbo_case.validation_time.value_or(now);
  rules.leaf.purposes = limbo_case.purposes;
  if (rules.leaf.purposes.empty()) {
    rules.leaf.purposes = {limbo_case.peer_is_server ? certs::kServerAuth : certs::kClientAuth};
  }
  rules.leaf.needed_key_usage = limbo_case.key_usage == 0 ? KU_DIGITAL_SIGNATURE : limbo_case.key_usage;
  rules.leaf.allowed_key_usage = kEveryUsage;
  rules.path.signatures = *algorithms;
  if (limbo_case.max_intermediates) rules.path.max_intermediates = *limbo_case.max_intermediates;
  rules.names = limbo_case.names;
  rules.revocations = limbo_case.crls.empty() ? nullptr : &revocations;
  return certs::VerifyChain(certificates.anchors, certificates.others, *certificates.leaf, rules).status();
}

}  // namespace tamga::cli
