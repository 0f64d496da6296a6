// tamga pki revoke, revocations, root-revocations: certificates that are not to be believed any longer, and the lists
// that say so.
#include <algorithm>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "certs/certificate.h"
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
  bool not_issued_here = false;
};

absl::Status Revoke(const RevokeArguments& arguments, Environment& environment) {
  if (arguments.serial.empty() == arguments.key.empty()) return UsageError("give either --serial or --key");
  if (arguments.not_issued_here && arguments.serial.empty()) return UsageError("--not-issued-here goes with --serial");
  v1::RevokeCertificatesRequest request;
  request.set_serial(arguments.serial);
  request.set_not_issued_here(arguments.not_issued_here);
  if (!arguments.key.empty()) {
    absl::StatusOr<std::string> sha256 = HexDecode(arguments.key);
    if (!sha256.ok()) return InvalidField("--key", "must be the SHA-256 of the key, 64 hex digits");
    request.set_key_sha256(*std::move(sha256));
  }
  ASSIGN_OR_RETURN(const std::unique_ptr<Session> session, Session::Open(environment));
  ASSIGN_OR_RETURN(const v1::RevokeCertificatesResponse response,
                   session->Call(&v1::EnrolmentService::Stub::RevokeCertificates, request));
  if (response.has_revoked_since()) {
    Say(environment, absl::StrCat("Already revoked, since ", UtcText(FromProto(response.revoked_since())),
                                  "; nothing was changed."));
    return absl::OkStatus();
  }
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
  std::string former;
  bool first = false;
  std::string out;
  std::vector<std::string> revoked;
  uint64_t days = 180;
};

// What was signed last, in whose place the new list comes.
absl::StatusOr<std::optional<certs::Crl>> FormerList(const RootListArguments& arguments, absl::string_view root_pem,
                                                     absl::Time now) {
  if (arguments.first == !arguments.former.empty()) {
    return UsageError("give the newest list of the root by --former, or --first if it has signed none yet");
  }
  if (arguments.first) {
    if (CheckOutputFile(arguments.out, false).ok()) return std::nullopt;
    return InvalidField("--first",
                        absl::StrCat(arguments.out, " is there, or cannot be written; if it is a list of the ",
                                     "root, give it by --former, so that what it revokes stays revoked"));
  }
  ASSIGN_OR_RETURN(const std::string pem, ReadFile(arguments.former));
  ASSIGN_OR_RETURN(const certs::CertificateChain root, certs::ParsePemChain(root_pem));
  absl::StatusOr<certs::Crl> former = certs::Crl::FromPem(pem);
  if (!former.ok()) return InvalidField("--former", former.status().message());
  if (!former->IsSignedBy(root.front())) {
    return InvalidField("--former", absl::StrCat(arguments.former, " is not a list of this root"));
  }
  if (former->ThisUpdate() > now) {
    return InvalidField("--former", absl::StrCat("was signed at ", UtcText(former->ThisUpdate()),
                                                 ", but this machine's clock says ", UtcText(now), "; set it right"));
  }
  return *std::move(former);
}

// What the former list named stays named: a certificate is not un-revoked by forgetting it.
absl::StatusOr<std::vector<certs::RevokedSerial>> RootEntries(const RootListArguments& arguments,
                                                              const std::optional<certs::Crl>& former, absl::Time now) {
  std::map<std::string, absl::Time> since;
  if (former) {
    for (const certs::RevokedSerial& entry : former->Entries()) since.emplace(entry.serial_hex, entry.since);
  }
  for (const std::string& serial : arguments.revoked) {
    if (!certs::IsSerialHex(serial)) {
      return InvalidField("--revoked-serial", "must be a serial number in lower-case hex, as `tamga pki show` has it");
    }
    since.emplace(serial, now);
  }
  std::vector<certs::RevokedSerial> entries;
  for (const auto& [serial, time] : since) entries.push_back({serial, time});
  return entries;
}

// The root is off-line and keeps no books: the time gives the list's number, or the former list's, if that is as high.
absl::StatusOr<uint64_t> RootListNumber(const std::optional<certs::Crl>& former, absl::Time now) {
  const auto by_time = static_cast<uint64_t>(absl::ToUnixSeconds(now));
  if (!former) return by_time;
  const std::optional<uint64_t> number = former->Number();
  if (!number || *number == std::numeric_limits<uint64_t>::max()) {
    return InvalidField("--former", "has a number of more than 64 bits, which can get no successor here");
  }
  return std::max(by_time, *number + 1);
}

absl::Status MakeRootList(const RootListArguments& arguments, Environment& environment) {
  constexpr uint64_t kMostDays = 366;
  if (arguments.days < 1 || arguments.days > kMostDays) return InvalidField("--days", "must be 1 to 366");
  ASSIGN_OR_RETURN(const certs::StateAuthority authority, LoadAuthority(arguments.authority));
  const absl::Time now = environment.clock.Now();
  ASSIGN_OR_RETURN(const std::optional<certs::Crl> former, FormerList(arguments, authority.RootPem(), now));
  certs::CrlSpec spec;
  ASSIGN_OR_RETURN(spec.revoked, RootEntries(arguments, former, now));
  ASSIGN_OR_RETURN(spec.number, RootListNumber(former, now));
  spec.this_update = now;
  spec.next_update = now + absl::Hours(24) * static_cast<int64_t>(arguments.days);
  ASSIGN_OR_RETURN(const certs::Crl list, authority.IssueRootCrl(spec));
  RETURN_IF_ERROR(WriteList(arguments.out, list));
  Say(environment, absl::StrCat("Signed the list of ", authority.state(), "'s root in ", arguments.out,
                                ", which names ", spec.revoked.size(), " authorities, ", former ? former->size() : 0,
                                " of them from the former list; the next is due by ", UtcText(spec.next_update), "."));
  return absl::OkStatus();
}

void AddRevoke(const Command& pki) {
  const Command command = pki.Add("revoke", "Have tamga-authority revoke certificates for good; for its operators");
  const auto arguments = std::make_shared<RevokeArguments>();
  command.Optional("--serial", "Serial number, in hex: that certificate, and what it was renewed from and into",
                   IntoLowerCase(arguments->serial));
  command.Optional("--key", "SHA-256 of a key, in hex: the certificates for it, and the same of them",
                   IntoLowerCase(arguments->key));
  command.Flag("--not-issued-here",
               "Revoke the serial number though the authority has not issued it, such as one of `tamga pki` off-line",
               arguments->not_issued_here);
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
  command.Optional("--former", "The root's newest list: what it revokes stays revoked; it may be the file of --out",
                   Into(arguments->former));
  command.Flag("--first", "In the place of --former: the root has signed no list yet", arguments->first);
  command.Optional("--revoked-serial", "Serial numbers, in hex, of issuing authorities that are revoked from now on",
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
