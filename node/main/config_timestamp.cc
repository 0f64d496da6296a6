// Who time-stamps the log, and whose word counts for that.
#include <openssl/objects.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "certs/openssl_error.h"
#include "certs/openssl_ptr.h"
#include "certs/trust_store.h"
#include "node/base/file.h"
#include "node/main/config_parts.h"
#include "node/main/timestamp_lists.h"

namespace tamga::node {
namespace {

constexpr size_t kMaxRootsBytes = 1u << 20;
constexpr uint32_t kUsualIntervalS = 60;
constexpr uint32_t kMostIntervalS = 24 * 3'600;
constexpr uint32_t kUsualLateAfterS = 4 * 3'600;
constexpr uint32_t kMostLateAfterS = 365 * 24 * 3'600;

// 0 stands for the usual one.
uint32_t Complete(absl::string_view field, uint32_t value, uint32_t usual, uint32_t most, Mistakes& mistakes) {
  if (value == 0) return usual;
  if (value > most) mistakes.Add(field, absl::StrCat("is ", value, "; must be 1 to ", most, ", or 0 for ", usual));
  return value;
}

struct LoadedRoots {
  std::string pem;
  certs::CertificateChain roots;
};

LoadedRoots LoadRoots(const std::string& field, const std::string& path, absl::string_view fix, absl::Time now,
                      Mistakes& mistakes) {
  LoadedRoots loaded;
  if (!mistakes.Require(field, path, fix)) return loaded;
  absl::StatusOr<std::string> pem = ReadFile(path, kMaxRootsBytes);
  if (!pem.ok()) {
    mistakes.AddUnusable(field, pem.status());
    return loaded;
  }
  constexpr absl::string_view kFix = "; ask the authority's operators for its root certificates";
  absl::StatusOr<certs::CertificateChain> roots = certs::ParsePemChain(*pem);
  if (!roots.ok()) {
    mistakes.Add(field, absl::StrCat(path, ": ", roots.status().message(), kFix));
  } else if (!std::all_of(roots->begin(), roots->end(), certs::IsRoot)) {
    mistakes.Add(field, absl::StrCat(path, " holds a certificate that is not a self-signed root", kFix));
  } else if (std::all_of(roots->begin(), roots->end(), [&](const auto& root) { return root.NotAfter() <= now; })) {
    mistakes.Add(field, absl::StrCat(path, " holds no root that has not expired", kFix));
  } else {
    loaded = {*std::move(pem), *std::move(roots)};
  }
  return loaded;
}

void CheckPolicy(const std::string& oid, Mistakes& mistakes) {
  using ObjectPtr = std::unique_ptr<ASN1_OBJECT, certs::OpenSslDeleter<ASN1_OBJECT_free>>;
  if (oid.empty()) return;
  const ObjectPtr object(OBJ_txt2obj(oid.c_str(), /*no_name=*/1));
  certs::DrainOpenSslErrors();
  char text[256] = {};
  // What the authority answers is compared with it as text.
  const bool is_oid = object != nullptr && OBJ_obj2txt(text, sizeof(text), object.get(), /*no_name=*/1) > 0;
  if (is_oid && oid == text) return;
  mistakes.Add("time_stamping.policy_oid",
               "is no object identifier; write it in dotted decimal, such as 1.3.6.1.4.1.99999.1, or leave it out");
}

}  // namespace

std::optional<TimeStampingSetup> LoadTimeStamping(v1::NodeConfig& config, const std::optional<OwnKeys>& keys,
                                                  absl::Time now, Mistakes& mistakes) {
  if (!config.has_time_stamping()) return std::nullopt;
  v1::TimeStamping& stamping = *config.mutable_time_stamping();
  stamping.set_interval_s(
      Complete("time_stamping.interval_s", stamping.interval_s(), kUsualIntervalS, kMostIntervalS, mistakes));
  stamping.set_late_after_s(
      Complete("time_stamping.late_after_s", stamping.late_after_s(), kUsualLateAfterS, kMostLateAfterS, mistakes));
  CheckPolicy(stamping.policy_oid(), mistakes);
  LoadedRoots roots =
      LoadRoots("time_stamping.roots_file", stamping.roots_file(),
                "name the PEM file with the root certificates of the time-stamp authority", now, mistakes);
  TimeStampingSetup setup;
  setup.server.roots_pem = roots.pem;
  setup.authority.roots = std::move(roots.roots);
  setup.authority.policy_oid = stamping.policy_oid();
  setup.list_files = {stamping.crl_files().begin(), stamping.crl_files().end()};
  // Without roots, whose mistakes are told already, nothing can be said of issuers.
  if (!setup.authority.roots.empty()) {
    const absl::Status lists = ReadTimestampLists(setup.list_files, setup.authority.roots).status();
    if (!lists.ok()) {
      mistakes.Add(
          "time_stamping.crl_files",
          absl::StrCat(lists.message(), "; name PEM files with the authority's lists, and with the certificates ",
                       "of their issuers"));
    }
  }
  const std::optional<HttpUrl> url = ReadHttpUrl("time_stamping.url", stamping.url(), mistakes);
  const std::string& tls_roots = stamping.tls_roots_file();
  constexpr char kTlsRoots[] = "time_stamping.tls_roots_file";
  if (url && url->is_plain && !tls_roots.empty()) {
    mistakes.Add(kTlsRoots, "is of no use over http://; leave it out, or name an https:// URL");
  } else if (!tls_roots.empty()) {
    setup.server.roots_pem = LoadRoots(kTlsRoots, tls_roots, "", now, mistakes).pem;
  }
  if (!url) return std::nullopt;
  setup.server.host = setup.server.name = url->url.host;
  setup.server.port = url->url.port;
  setup.server.is_plain = url->is_plain;
  if (keys) setup.server.identity = keys->tls;
  setup.target = url->url.path.empty() ? "/" : url->url.path;
  return setup;
}

}  // namespace tamga::node
