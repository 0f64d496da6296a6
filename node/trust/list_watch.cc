#include "node/trust/list_watch.h"

#include <utility>

#include "certs/refusal.h"
#include "node/base/encoding.h"
#include "node/base/error.h"
#include "node/base/file.h"
#include "node/base/log.h"
#include "node/trust/list_file.h"

namespace tamga::trust {
namespace {

// Once for each fault: what is tried every second is not to fill the operator's log.
void SayUnusable(const ListFile& file, const absl::Status& why, std::string* said) {
  if (*said == why.message()) return;
  *said = std::string(why.message());
  Log(Severity::kError, "file of revocation lists cannot be used",
      {{"state", file.state}, {"path", file.path}, {"reason", ReasonOf(why)}, {"detail", std::string(why.message())}});
}

std::string DigestOf(const std::string& text, const certs::CertificateChain& issuers) {
  std::string digests = Sha256(text);
  for (const certs::Certificate& issuer : issuers) digests += Sha256(issuer.Der());
  return Sha256(digests);
}

}  // namespace

ListWatch::ListWatch(std::string own_agency, std::vector<ListFile> files,
                     std::function<certs::CertificateChain()> issuers, const certs::CurrentTrust& trust,
                     TrustKeeper& keeper)
    : own_agency_(std::move(own_agency)), issuers_(std::move(issuers)), trust_(trust), keeper_(keeper) {
  for (ListFile& file : files) files_.push_back(Watched{std::move(file), "", ""});
}

void ListWatch::Look() {
  for (Watched& watched : files_) Look(watched);
}

void ListWatch::Look(Watched& watched) {
  const absl::StatusOr<std::string> text = ReadFile(watched.file.path, kMostListFileBytes);
  certs::CertificateChain known = issuers_();
  for (certs::Certificate& root : trust_.Get()->RootsOf(watched.file.state)) known.push_back(std::move(root));
  const std::string seen = text.ok() ? DigestOf(*text, known) : std::string(text.status().message());
  if (watched.seen == seen) return;
  watched.seen = seen;
  if (!text.ok()) return SayUnusable(watched.file, text.status(), &watched.said);
  const absl::StatusOr<std::vector<RevocationList>> lists = ReadListFile(watched.file.state, *text, known);
  if (!lists.ok()) return SayUnusable(watched.file, lists.status(), &watched.said);
  const TakenLists taken = keeper_.Take(*lists, own_agency_);
  if (taken.refused.empty()) watched.said.clear();
  for (const absl::Status& refused : taken.refused) {
    // Partners are quicker at times.
    if (ReasonOf(refused) == certs::kRevocationStale) continue;
    SayUnusable(watched.file, refused, &watched.said);
    // A full disk, or the clock of whoever issued it is ahead: the same content is tried again.
    if (!absl::IsUnauthenticated(refused) || ReasonOf(refused) == certs::kRevocationFuture) watched.seen.clear();
  }
}

}  // namespace tamga::trust
