// The disk takes no more in the middle of an attachment.
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "node/attachment/attachments.h"
#include "node/attachment/manifest_checks.h"
#include "node/base/encoding.h"
#include "node/base/error.h"
#include "node/base/matchers.h"
#include "node/domain/testing/fake_door.h"
#include "node/domain/testing/fake_uses.h"
#include "node/domain/testing/temp_store.h"
#include "node/store/test_fault_vfs.h"

namespace tamga::attachment {
namespace {

constexpr char kFullDiskCase[] = "018f3c2e-7b1a-7c3d-9e4f-0123456789ab";

class ScansAllowed final : public CaseLookup {
 public:
  absl::StatusOr<CaseTerms> Find(const std::string& /*case_id*/) const override {
    CaseTerms terms;
    terms.partner = "KGZ/interior-ministry";
    terms.treaty_id = "TEST-TREATY";
    terms.is_open = true;
    v1::AttachmentRule rule;
    rule.set_kind(v1::ATTACHMENT_KIND_SCAN);
    rule.add_media_types("application/pdf");
    rule.set_max_bytes(8u << 20);
    terms.rules.push_back(rule);
    return terms;
  }
};

class DiskFullTest : public ::testing::Test {
 protected:
  absl::StatusOr<std::unique_ptr<Reception>> Begin() {
    v1::CallContext context;
    context.set_purpose(v1::PURPOSE_READMISSION);
    context.set_case_reference("KZ-R-17");
    v1::AttachmentManifest manifest;
    manifest.set_case_id(kFullDiskCase);
    manifest.set_kind(v1::ATTACHMENT_KIND_SCAN);
    manifest.set_media_type("application/pdf");
    manifest.set_size(bytes_.size());
    manifest.set_sha256(Sha256(bytes_));
    return attachments_.Upload(call_, context, manifest);
  }
  absl::Status Bring(Reception& reception, size_t from, size_t until) {
    for (size_t at = from; at < until; at += kMostChunkBytes) {
      const size_t size = std::min(kMostChunkBytes, until - at);
      if (absl::Status taken = reception.Take(at, absl::string_view(bytes_).substr(at, size)); !taken.ok())
        return taken;
    }
    return absl::OkStatus();
  }

  const std::string bytes_ = "%PDF-1.4\n" + std::string(3 * kBlockBytes, 'a');
  store::FaultVfs faults_;  // before what is opened through it
  ManualClock clock_{absl::FromUnixSeconds(1'800'000'000)};
  SeededRng rng_{7};
  domain::TempStore store_{rng_};
  domain::FakeDoor door_{"KAZ/interior-ministry", store_.writer(), clock_, rng_};
  domain::FakeUses uses_;
  ScansAllowed cases_;
  Attachments attachments_{{"KAZ/interior-ministry",
                            store_.database(),
                            store_.records(),
                            store_.writer(),
                            door_,
                            uses_,
                            cases_,
                            nullptr,
                            clock_,
                            rng_,
                            [] { return uint64_t{1} << 40; },
                            {}}};
  const exchange::Call call_{{"KAZ/interior-ministry", certs::Role::kOfficer, "officer-1"}, absl::InfiniteFuture()};
};

TEST_F(DiskFullTest, NothingHalfIsHeldAndWithRoomAgainItGoesOn) {
  {
    ASSERT_OK_AND_ASSIGN(const auto reception, Begin());
    ASSERT_OK(Bring(*reception, 0, kBlockBytes));
    store::FaultVfs::write_result = SQLITE_FULL;
    EXPECT_THAT(Bring(*reception, kBlockBytes, bytes_.size()), HasReason("DISK_FULL"));
    EXPECT_THAT(Begin().status(), ::testing::AnyOf(HasReason("DISK_FULL"), IsOk()));
  }
  store::FaultVfs::write_result = SQLITE_OK;
  ASSERT_OK_AND_ASSIGN(const std::vector<StoredFile> files, attachments_.store().OfCase(kFullDiskCase));
  for (const StoredFile& file : files) EXPECT_EQ(file.value.state(), v1::ATTACHMENT_STATE_UNFINISHED);
  ASSERT_OK_AND_ASSIGN(const auto again, Begin());
  ASSERT_OK(Bring(*again, again->offset(), bytes_.size()));
  ASSERT_OK_AND_ASSIGN(const v1::Attachment held, again->Finish());
  EXPECT_EQ(held.state(), v1::ATTACHMENT_STATE_HELD);
  EXPECT_EQ(attachments_.store().OfCase(kFullDiskCase)->size(), 1u);
}

}  // namespace
}  // namespace tamga::attachment
