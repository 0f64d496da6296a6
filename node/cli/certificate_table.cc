#include "node/cli/certificate_table.h"

#include <openssl/bio.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string>

#include "absl/strings/str_join.h"
#include "certs/identity.h"
#include "certs/openssl_ptr.h"
#include "certs/profile.h"
#include "node/base/clock.h"
#include "node/base/encoding.h"

namespace tamga::cli {
namespace {

// "O=KAZ, CN=Tamga root": for authorities, which have no other name.
std::string SubjectText(const certs::Certificate& certificate) {
  const std::unique_ptr<BIO, certs::OpenSslDeleter<BIO_free_all>> text(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(text.get(), X509_get_subject_name(certificate.native()), 0, XN_FLAG_ONELINE & ~XN_FLAG_SPC_EQ);
  char* data = nullptr;
  const long size = BIO_get_mem_data(text.get(), &data);
  return std::string(data, static_cast<size_t>(size));
}

std::string UsageText(const certs::Certificate& certificate) {
  if (X509_check_ca(certificate.native()) != 0) return "issues certificates";
  const auto principal = certs::IdentityOf(certificate);
  if (!principal.ok()) return "-";
  struct Named {
    certs::Usage usage;
    absl::string_view name;
  };
  constexpr Named kUsages[] = {{certs::Usage::kTlsClient, "TLS client"},
                               {certs::Usage::kTlsServer, "TLS server"},
                               {certs::Usage::kSeal, "seals messages"}};
  std::vector<absl::string_view> names;
  for (const Named& named : kUsages) {
    if (certs::CheckLeafProfile(certificate, principal->role, named.usage).ok()) names.push_back(named.name);
  }
  return names.empty() ? "none: does not fit its role" : absl::StrJoin(names, ", ");
}

}  // namespace

Table CertificateTable(const certs::CertificateChain& chain) {
  Table table({"SUBJECT", "VALID FROM", "VALID UNTIL", "USAGE", "KEY SHA256", "SERIAL"});
  for (const certs::Certificate& certificate : chain) {
    const auto principal = certs::IdentityOf(certificate);
    table.AddRow({principal.ok() ? principal->SpiffeId() : SubjectText(certificate), UtcText(certificate.NotBefore()),
                  UtcText(certificate.NotAfter()), UsageText(certificate), HexEncode(certificate.SpkiSha256()),
                  certificate.SerialHex()});
  }
  return table;
}

}  // namespace tamga::cli
