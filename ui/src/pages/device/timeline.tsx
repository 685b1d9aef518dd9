import { Button } from "@patternfly/react-core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { deviceChangesQuery } from "../../api/queries";
import { Problem, Skeleton } from "../../design/parts";
import { Days } from "../changes/changes";
import { Adjustments } from "./adjustments";

export function Timeline({ id }: { id: string }) {
  const { t } = useTranslation();
  const changes = useInfiniteQuery(deviceChangesQuery(id));
  if (changes.isPending) return <Skeleton lines={8} />;
  if (changes.isError) return <Problem error={changes.error} retry={() => changes.refetch()} />;
  return (
    <>
      <Adjustments id={id} />
      <Days changes={changes.data.pages.flatMap((page) => page.items)} />
      {changes.hasNextPage && (
        <Button
          variant="secondary"
          className="more"
          isLoading={changes.isFetchingNextPage}
          onClick={() => changes.fetchNextPage()}
        >
          {t("state.more")}
        </Button>
      )}
    </>
  );
}
