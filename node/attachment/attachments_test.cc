// Two nodes' attachments in one process, joined by doors without network.
#include "node/attachment/attachments.h"

#include <memory>
#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "node/attachment/attachment_sender.h"
#include "node/attachment/manifest_checks.h"
#include "node/base/encoding.h"
#include "node/base/error.h"
#include "node/base/matchers.h"
#include "node/domain/testing/fake_door.h"
#include "node/domain/testing/fake_uses.h"
#include "node/domain/testing/temp_store.h"

namespace tamga::attachment {
namespace {

constexpr char kKaz[] = "KAZ/interior-ministry";
constexpr char kKgz[] = "KGZ/interior-ministry";
constexpr char kTestCase[] = "018f3c2e-7b1a-7c3d-9e4f-0123456789ab";

// A PDF as far as its first bytes tell.
std::string TestPdf(size_t size) {
  std::string bytes = "%PDF-1.4\n";
  for (size_t i = 0; bytes.size() < size; ++i) bytes += static_cast<char>('a' + i / kBlockBytes % 26);
  return bytes;
}

v1::AttachmentManifest ManifestOf(const std::string& bytes) {
  v1::AttachmentManifest manifest;
  manifest.set_case_id(kTestCase);
  manifest.set_kind(v1::ATTACHMENT_KIND_SCAN);
  manifest.set_media_type("application/pdf");
  manifest.set_size(bytes.size());
  manifest.set_sha256(Sha256(bytes));
  return manifest;
}

v1::CallContext TestContext() {
  v1::CallContext context;
  context.set_purpose(v1::PURPOSE_READMISSION);
  context.set_case_reference("KZ-R-17");
  return context;
}

class OneCase final : public CaseLookup {
 public:
  explicit OneCase(const std::string& partner) {
    terms.partner = partner;
    terms.treaty_id = "TEST-TREATY";
    terms.is_open = true;
    v1::AttachmentRule rule;
    rule.set_kind(v1::ATTACHMENT_KIND_SCAN);
    rule.add_media_types("application/pdf");
    rule.set_max_bytes(8u << 20);
    rule.add_cites("7");
    terms.rules.push_back(rule);
  }
  absl::StatusOr<CaseTerms> Find(const std::string& case_id) const override {
    if (case_id == kTestCase) return terms;
    return Error(absl::StatusCode::kNotFound, "CASE_UNKNOWN", "no such case");
  }
  CaseTerms terms;
};

class VerdictScanner final : public Scanner {
 public:
  std::unique_ptr<Scan> Begin() const override { return std::make_unique<OneScan>(verdict); }
  absl::Status verdict;

 private:
  class OneScan final : public Scan {
   public:
    explicit OneScan(absl::Status verdict) : verdict_(std::move(verdict)) {}
    void Feed(absl::string_view) override {}
    absl::Status End() override { return verdict_; }

   private:
    const absl::Status verdict_;
  };
};

struct AttachmentNode {
  AttachmentNode(const std::string& agency, const std::string& partner, const Clock& clock, Rng& rng)
      : store(rng),
        door(agency, store.writer(), clock, rng),
        cases(partner),
        attachments({agency,
                     store.database(),
                     store.records(),
                     store.writer(),
                     door,
                     uses,
                     cases,
                     &scanner,
                     clock,
                     rng,
                     [this] { return free_bytes; },
                     {}}),
        call{{agency, certs::Role::kOfficer, "officer-1"}, absl::InfiniteFuture()} {
    door.Serve(attachments);
  }

  // Uploads the bytes from where they are wanted; ends before `until`.
  absl::StatusOr<v1::Attachment> Upload(const v1::AttachmentManifest& manifest, const std::string& bytes,
                                        size_t until = std::string::npos) {
    ASSIGN_OR_RETURN(const std::unique_ptr<Reception> reception, attachments.Upload(call, TestContext(), manifest));
    const size_t end = std::min(until, bytes.size());
    for (size_t at = reception->offset(); at < end; at += kMostChunkBytes) {
      RETURN_IF_ERROR(reception->Take(at, absl::string_view(bytes).substr(at, std::min(kMostChunkBytes, end - at))));
    }
    return reception->Finish();
  }

  domain::TempStore store;
  domain::FakeDoor door;
  domain::FakeUses uses;
  OneCase cases;
  VerdictScanner scanner;
  uint64_t free_bytes = uint64_t{1} << 40;
  Attachments attachments;
  exchange::Call call;
};

class AttachmentsTest : public ::testing::Test {
 protected:
  AttachmentsTest() {
    kaz_.door.Connect(kgz_.door);
    kgz_.door.Connect(kaz_.door);
  }
  size_t OfCase(AttachmentNode& node) { return node.attachments.store().OfCase(kTestCase).value().size(); }

  ManualClock clock_{absl::FromUnixSeconds(1800000000)};
  SeededRng rng_{7};
  AttachmentNode kaz_{kKaz, kKgz, clock_, rng_};
  AttachmentNode kgz_{kKgz, kKaz, clock_, rng_};
  const std::string bytes_ = TestPdf(2 * kBlockBytes + 12'345);
};

// The other node's reception in the place of its RPC; may end in the middle.
class DirectPeer final : public TransferPeer {
 public:
  DirectPeer(Attachments& receiver, const std::string& sender) : receiver_(receiver), sender_(sender) {}
  absl::StatusOr<v1::AttachmentTransferred> Send(const NextPiece& next, absl::Time) override {
    v1::AttachmentChunk piece;
    ASSIGN_OR_RETURN(bool more, next(&piece));
    ASSIGN_OR_RETURN(const std::unique_ptr<Reception> reception, receiver_.Transfer(sender_, piece));
    while (more) {
      if (pieces_left-- == 0) return absl::UnavailableError("cut");
      RETURN_IF_ERROR(reception->Take(piece.offset(), piece.data()));
      piece.Clear();
      ASSIGN_OR_RETURN(more, next(&piece));
    }
    RETURN_IF_ERROR(reception->Finish().status());
    return v1::AttachmentTransferred();
  }
  void Stop() override {}
  int pieces_left = 1'000;

 private:
  Attachments& receiver_;
  const std::string sender_;
};

TEST_F(AttachmentsTest, AnUploadThatBreaksOffGoesOnAtTheBlockThatIsMissing) {
  const auto broken = kaz_.Upload(ManifestOf(bytes_), bytes_, kBlockBytes + 5);
  ASSERT_OK(broken);
  EXPECT_EQ(broken->state(), v1::ATTACHMENT_STATE_UNFINISHED);
  EXPECT_EQ(broken->offset(), kBlockBytes);
  const auto whole = kaz_.Upload(ManifestOf(bytes_), bytes_);
  ASSERT_OK(whole);
  EXPECT_EQ(whole->state(), v1::ATTACHMENT_STATE_HELD);
  EXPECT_EQ(whole->manifest().attachment_id(), broken->manifest().attachment_id());
}

TEST_F(AttachmentsTest, TheSameBytesAreKeptOnce) {
  ASSERT_OK(kaz_.Upload(ManifestOf(bytes_), bytes_));
  v1::QueryUploadRequest query;
  *query.mutable_context() = TestContext();
  *query.mutable_manifest() = ManifestOf(bytes_);
  const auto known = kaz_.attachments.Query(kaz_.call, query);
  ASSERT_OK(known);
  EXPECT_TRUE(known->complete());
  EXPECT_EQ(OfCase(kaz_), 1u);
}

TEST_F(AttachmentsTest, WhatIsNotWhatItsManifestSaysIsRemoved) {
  v1::AttachmentManifest lying = ManifestOf(bytes_);
  lying.set_sha256(std::string(32, 'x'));
  EXPECT_THAT(kaz_.Upload(lying, bytes_).status(), HasReason("HASH_MISMATCH"));
  EXPECT_EQ(OfCase(kaz_), 0u);
  const std::string text(20'000, 'a');
  EXPECT_THAT(kaz_.Upload(ManifestOf(text), text).status(), HasReason("TYPE_MISMATCH"));
  EXPECT_EQ(OfCase(kaz_), 0u);
  v1::AttachmentManifest small = ManifestOf(bytes_);
  small.set_size(bytes_.size() - 1);
  EXPECT_THAT(kaz_.Upload(small, bytes_).status(), HasReason("TOO_LARGE"));
  EXPECT_EQ(OfCase(kaz_), 0u);
}

TEST_F(AttachmentsTest, OnlyWhatTheTreatyKnowsIsTaken) {
  v1::AttachmentManifest manifest = ManifestOf(bytes_);
  manifest.set_size((8u << 20) + 1);
  EXPECT_THAT(kaz_.Upload(manifest, bytes_).status(), HasReason("TOO_LARGE"));
  manifest = ManifestOf(bytes_);
  manifest.set_kind(v1::ATTACHMENT_KIND_FINGERPRINTS);
  EXPECT_THAT(kaz_.Upload(manifest, bytes_).status(), HasReason("ATTACHMENT_NOT_ALLOWED"));
}

TEST_F(AttachmentsTest, AHitRemovesTheBytesAndAnAbsentScannerKeepsThem) {
  kaz_.scanner.verdict = Error(absl::StatusCode::kUnavailable, "SCANNER_UNAVAILABLE", "away");
  EXPECT_THAT(kaz_.Upload(ManifestOf(bytes_), bytes_).status(), HasReason("SCANNER_UNAVAILABLE"));
  EXPECT_EQ(OfCase(kaz_), 1u);
  kaz_.scanner.verdict = Error(absl::StatusCode::kFailedPrecondition, "INFECTED", "a hit");
  EXPECT_THAT(kaz_.Upload(ManifestOf(bytes_), bytes_).status(), HasReason("INFECTED"));
  EXPECT_EQ(OfCase(kaz_), 0u);
}

TEST_F(AttachmentsTest, WithoutRoomNothingIsBegunAndWhatLiesStillIsDropped) {
  kaz_.free_bytes = 1000;
  EXPECT_THAT(kaz_.Upload(ManifestOf(bytes_), bytes_).status(), HasReason("DISK_FULL"));
  EXPECT_EQ(OfCase(kaz_), 0u);
  kaz_.free_bytes = uint64_t{1} << 40;
  ASSERT_OK(kaz_.Upload(ManifestOf(bytes_), bytes_, kBlockBytes + 5));
  clock_.Advance(kUnfinishedLife + absl::Hours(1));
  ASSERT_OK(kaz_.attachments.DropForgotten());
  EXPECT_EQ(OfCase(kaz_), 0u);
}

TEST_F(AttachmentsTest, ASentAttachmentGoesOnAfterACutAndIsProvenByASealedAnswer) {
  const auto held = kaz_.Upload(ManifestOf(bytes_), bytes_);
  ASSERT_OK(held);
  v1::SendAttachmentRequest request;
  *request.mutable_context() = TestContext();
  request.set_case_id(kTestCase);
  request.set_attachment_id(held->manifest().attachment_id());
  ASSERT_OK(kaz_.attachments.Send(kaz_.call, request));
  TransferPeers peers;
  auto owned = std::make_unique<DirectPeer>(kgz_.attachments, kKaz);
  DirectPeer& peer = *owned;
  peers[kKgz] = std::move(owned);
  SendingRound round(kaz_.attachments, peers, clock_, rng_);
  peer.pieces_left = 6;  // the first block, and a half
  EXPECT_FALSE(round.Run(kKgz));
  peer.pieces_left = 1'000;
  for (int i = 0; i < 4; ++i) {
    clock_.Advance(absl::Minutes(10));
    round.Run(kKgz);
  }
  v1::ListAttachmentsRequest list;
  list.set_case_id(kTestCase);
  const auto here = kaz_.attachments.List(list);
  const auto there = kgz_.attachments.List(list);
  ASSERT_OK(here);
  ASSERT_OK(there);
  ASSERT_EQ(there->attachments_size(), 1);
  EXPECT_EQ(here->attachments(0).state(), v1::ATTACHMENT_STATE_DELIVERED);
  EXPECT_EQ(there->attachments(0).state(), v1::ATTACHMENT_STATE_HELD);
  EXPECT_EQ(FromProto(here->attachments(0).delivered_at()), FromProto(there->attachments(0).held_at()));
}

TEST_F(AttachmentsTest, BytesThatNobodyOfferedAreNotTaken) {
  v1::AttachmentChunk piece;
  piece.set_case_id(kTestCase);
  piece.set_attachment_id("018f3c2e-7b1a-7c3d-9e4f-0123456789ac");
  EXPECT_THAT(kgz_.attachments.Transfer(kKaz, piece).status(), HasReason("NOT_SERVED"));
}

}  // namespace
}  // namespace tamga::attachment
