// What can be done with a device: its lifecycle, its mark, its labels, and which addresses are it.
import { Button, Divider, Dropdown, DropdownItem, DropdownList, MenuToggle } from "@patternfly/react-core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Device, Lifecycle } from "../../api/client";
import { Icon } from "../../design/icon";
import { useWords } from "../../design/words";
import { LifecycleDialog, STEPS } from "../devices/bulk";
import { LabelsDialog } from "../devices/label";
import { QuarantineDialog } from "./quarantine";
import { SplitDialog } from "./split-dialog";

export function Acts({ device }: { device: Device }) {
  const { t } = useTranslation();
  const word = useWords();
  const [open, setOpen] = useState(false);
  const [act, setAct] = useState<Lifecycle | "labels" | "quarantine" | "split" | null>(null);
  const close = () => setAct(null);
  return (
    <div className="acts">
      {device.lifecycle === "discovered" && (
        <Button onClick={() => setAct("approved")} icon={<Icon name="check" size={16} />}>
          {word("lifecycleAct", "approved")}
        </Button>
      )}
      <Dropdown
        isOpen={open}
        onOpenChange={setOpen}
        onSelect={() => setOpen(false)}
        popperProps={{ position: "end", appendTo: "inline" }}
        toggle={(ref) => (
          <MenuToggle ref={ref} isExpanded={open} onClick={() => setOpen(!open)}>
            {t("device.acts")}
          </MenuToggle>
        )}
      >
        <DropdownList>
          {STEPS.filter((each) => each !== device.lifecycle).map((each) => (
            <DropdownItem key={each} onClick={() => setAct(each)}>
              {word("lifecycleAct", each)}
            </DropdownItem>
          ))}
          <Divider component="li" />
          <DropdownItem onClick={() => setAct("labels")}>{t("labels.title")}</DropdownItem>
          <DropdownItem onClick={() => setAct("quarantine")} description={t("bulk.network")}>
            {t(device.quarantined ? "quarantine.take" : "quarantine.mark")}
          </DropdownItem>
          <DropdownItem onClick={() => setAct("split")}>{t("split.title")}</DropdownItem>
        </DropdownList>
      </Dropdown>
      {act === "labels" && <LabelsDialog device={device} close={close} />}
      {act === "quarantine" && <QuarantineDialog device={device} close={close} />}
      {act === "split" && <SplitDialog device={device} close={close} />}
      {act && act !== "labels" && act !== "quarantine" && act !== "split" && (
        <LifecycleDialog devices={[device]} to={act} close={close} />
      )}
    </div>
  );
}
