// tamga pki revoke, revocations, root-revocations: certificates that are not to be believed any longer, and the lists
// that say so.
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "certs/crl.h"
#include "certs/pem.h"
#include "certs/trust_store.h"
#include "node/base/encoding.h"
#include "node/base/error.h"
#include "node/base/file.h"
#include "node/base/status_macros.h"
#include "node/cli/exit_code.h"
#include "node/cli/output.h"
#include "node/cli/output_files.h"
#include "node/cli/pki_files.h"
#include "node/cli/pki_parts.h"
#include "node/cli/session.h"
#include "node/enrolment/authority_client.h"
#include "tamga/v1/enrolment_service.grpc.pb.h"

namespace tamga::cli {
namespace {

// Not WriteOutputFiles: whoever reads the file meanwhile has to see a whole list, the old one or the new.
absl::Status WriteList(const std::string& path, const certs::Crl& list) {
  return WriteFile(path, certs::WritePem("X509 CRL", list.Der()));
}

struct RevokeArguments {
  std::string serial;
  std::string key;
};

absl::Status Revoke(const RevokeArguments& arguments, Environment& environment) {
  if (arguments.serial.empty() == arguments.key.empty()) return UsageError("give either --serial or --key");
  v1::RevokeCertificatesRequest request;
  request.set_serial(arguments.serial);
  if (!arguments.key.empty()) {
    absl::StatusOr<std::string> sha256 = HexDecode(arguments.key);
    if (!sha256.ok()) return InvalidField("--key", "must be the SHA-256 of the key, 64 hex digits");
    request.set_key_sha256(*std::move(sha256));
  }
  ASSIGN_OR_RETURN(const std::unique_ptr<Session> session, Session::Open(environment));
  ASSIGN_OR_RETURN(const v1::RevokeCertificatesResponse response,
                   session->Call(&v1::EnrolmentService::Stub::RevokeCertificates, request));
  Say(environment, absl::StrCat("Revoked ", response.revoked(), " certificates; the new list is signed."));
  return absl::OkStatus();
}

struct RevocationsArguments {
  std::string authority_address;
  std::string state;
  std::string roots;
  std::string out;
};

absl::Status GetRevocations(const RevocationsArguments& arguments, Environment& environment) {
  ASSIGN_OR_RETURN(const std::string roots, ReadFile(arguments.roots));
  ASSIGN_OR_RETURN(certs::TrustStore built, certs::TrustStore::Build({{arguments.state, roots}}));
  const auto trust = std::make_shared<const certs::TrustStore>(std::move(built));
  RETURN_IF_ERROR(CheckOutputFile(arguments.out, true));
  const auto channel = enrolment::ConnectAuthority({arguments.authority_address, arguments.state}, trust,
                                                   environment.clock, std::nullopt);
  const absl::StatusOr<certs::Crl> list = enrolment::FetchRevocations(channel, environment.settings.timeout);
  if (!list.ok()) return FromNode(list.status());
  RETURN_IF_ERROR(WriteList(arguments.out, *list));
  Say(environment, absl::StrCat("Got the revocation list of ", arguments.state, " of ", UtcText(list->ThisUpdate()),
                                " in ", arguments.out, "."));
  return absl::OkStatus();
}

struct RootListArguments {
  std::string authority;
  std::string out;
  std::vector<std::string> revoked;
  uint64_t days = 180;
};

// The root is off-line and keeps no books: the time gives the list's number, and whoever signs it names all that is
// revoked.
absl::Status MakeRootList(const RootListArguments& arguments, Environment& environment) {
  constexpr uint64_t kMostDays = 366;
  if (arguments.days < 1 || arguments.days > kMostDays) return InvalidField("--days", "must be 1 to 366");
  ASSIGN_OR_RETURN(const certs::StateAuthority authority, LoadAuthority(arguments.authority));
  const absl::Time now = environment.clock.Now();
  certs::CrlSpec spec{{},
                      static_cast<uint64_t>(absl::ToUnixSeconds(now)),
                      now,
                      now + absl::Hours(24) * static_cast<int64_t>(arguments.days)};
  for (const std::string& serial : arguments.revoked) {
    if (!HexDecode(serial).ok()) return InvalidField("--revoked-serial", "must be a serial number in lower-case hex");
    spec.revoked.push_back({serial, now});
  }
  absl::StatusOr<certs::Crl> list = authority.IssueRootCrl(spec);
  if (!list.ok()) return InvalidField("--revoked-serial", list.status().message());
  RETURN_IF_ERROR(WriteList(arguments.out, *list));
  Say(environment,
      absl::StrCat("Signed the list of ", authority.state(), "'s root in ", arguments.out, ", which names ",
                   spec.revoked.size(), " authorities; the next is due by ", UtcText(spec.next_update), "."));
  return absl::OkStatus();
}

void AddRevoke(const Command& pki) {
  const Command command = pki.Add("revoke", "Have tamga-authority revoke certificates for good; for its operators");
  const auto arguments = std::make_shared<RevokeArguments>();
  command.Optional("--serial", "Serial number, in hex: that certificate, and what it was renewed from and into",
                   IntoLowerCase(arguments->serial));
  command.Optional("--key", "SHA-256 of a key, in hex: the certificates for it, and the same of them",
                   IntoLowerCase(arguments->key));
  command.Run([arguments](Environment& environment) { return Revoke(*arguments, environment); });
}

void AddRevocations(const Command& pki) {
  const Command command = pki.Add("revocations", "Fetch a State's newest revocation list from its tamga-authority");
  const auto arguments = std::make_shared<RevocationsArguments>();
  command.Required("--authority-address", "Address of tamga-authority, host:port", Into(arguments->authority_address));
  command.Required("--state", "ISO 3166 alpha-3 code, such as KAZ", Into(arguments->state));
  command.Required("--roots", "PEM file with the State's root certificates", Into(arguments->roots));
  command.Required("--out", "File for the list; replaced if it is there", Into(arguments->out));
  command.Run([arguments](Environment& environment) { return GetRevocations(*arguments, environment); });
}

void AddRootList(const Command& pki) {
  const Command command =
      pki.Add("root-revocations", "Sign the root's revocation list, of issuing authorities; on the off-line machine");
  const auto arguments = std::make_shared<RootListArguments>();
  command.Required("--authority", "Folder of the State's authority, with the root's key", Into(arguments->authority));
  command.Required("--out", "File for the list; replaced if it is there", Into(arguments->out));
  command.Optional("--revoked-serial", "Serial numbers, in hex, of all issuing authorities that are revoked",
                   Into(arguments->revoked));
  command.Optional("--days", "Days until the next list, 1 to 366; 180 if not given", Into(arguments->days));
  command.Run([arguments](Environment& environment) { return MakeRootList(*arguments, environment); });
}

}  // namespace

void AddPkiRevocation(const Command& pki) {
  AddRevoke(pki);
  AddRevocations(pki);
  AddRootList(pki);
}

}  // namespace tamga::cli
